// Reads whole data files while the configuration is read: the data that a monitor compares its source with. Used by
// the assembly.
#pragma once

#include <atomic>

#include "agent/core/file_system.h"
#include "agent/monitors/builtin.h"

namespace leeway {

// ReadRecords from `files`: the table has the keys of a source of type "file". Blocks until everything is read, or
// until the flag is set, on another thread, which is an error.
bool read_records(FileSystem& files, const std::atomic<bool>& cancelled, TableReader& table, const std::string& key,
                  const Schema& schema, const std::function<void(const RecordBatch&)>& visit);

// FileColumns from `files`.
Expected<std::vector<std::string>> read_file_columns(FileSystem& files, TableReader& table, const std::string& key);

}  // namespace leeway
