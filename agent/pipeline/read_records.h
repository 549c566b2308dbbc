// Whole data files, read at once while the configuration is read: what a monitor compares its source with. Used by
// assembly.
#pragma once

#include "agent/core/file_system.h"
#include "agent/monitors/builtin.h"

namespace leeway {

// As ReadRecords, from `files`: the table has the keys of a source of the type "file". Blocks until all is read.
bool read_records(FileSystem& files, TableReader& table, const std::string& key, const Schema& schema,
                  const std::function<void(const RecordBatch&)>& visit);

}  // namespace leeway
