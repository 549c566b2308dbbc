// Reads whole data files while the configuration is read: the data that a monitor compares its source with. Used by
// the assembly.
#pragma once

#include <atomic>

#include "agent/core/file_system.h"
#include "agent/monitors/builtin.h"

namespace leeway {

// The keys of a source that say what its cells mean. They hold for the data that are compared with it, too.
ConfigTable cell_keys_of(const ConfigTable& source);

// ReadRecords from `files`: the table has the keys of a source of type "file"; those that it lacks may be in `cells`,
// which outlives it. Blocks until everything is read, or until the flag is set, on another thread, which is an error.
bool read_records(FileSystem& files, const std::atomic<bool>& cancelled, const ConfigTable& cells, TableReader& table,
                  const std::string& key, const Schema& schema, const std::function<void(const RecordBatch&)>& visit);

// FileColumns from `files`.
Expected<std::vector<std::string>> read_file_columns(FileSystem& files, TableReader& table, const std::string& key);

}  // namespace leeway
