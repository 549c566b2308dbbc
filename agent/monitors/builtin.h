// The kinds of monitors: one row each. To add a kind, write its pair of files and add a row in builtin.cpp.
// Used by the pipeline's assembly.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "agent/config/table_reader.h"
#include "agent/core/monitor.h"

namespace leeway {

// Visits all records of the files that the table's `key` names, read as its other keys say, which are those of a source
// of the type "file". Their columns are those of `schema`. False after an error, which the table's diagnostics have.
using ReadRecords = std::function<bool(TableReader& table, const std::string& key, const Schema& schema,
                                       const std::function<void(const RecordBatch&)>& visit)>;

// What a monitor is built from. `schema` is that of its source: the build interns the fields that it needs.
struct MonitorContext {
  TableReader& reader;
  Schema& schema;
  TimePoint started;              // wall time at start: the created time of series that are declared in advance
  bool has_file_versions = true;  // whether the source's batches say which version of a file they are of
  std::string state_dir{};        // with the decisions of `leeway baseline`; empty: no state is kept
  ReadRecords read_records{};
};

struct MonitorKind {
  std::string_view section;  // the array of tables: "metric", "slo"
  std::string_view type;     // its `type`, or "" where the section has one kind only
  // Reads its table to the end (common keys `name`, `type` and `source` are already known to the reader) and returns
  // null where the diagnostics got an error.
  std::unique_ptr<Monitor> (*build)(MonitorContext& context);
};

std::span<const MonitorKind> builtin_monitors();

}  // namespace leeway
