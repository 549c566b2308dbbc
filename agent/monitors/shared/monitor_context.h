// The input for building a monitor: the argument of every build_* function. Filled by the pipeline's assembly.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/file_system.h"
#include "agent/core/monitor.h"
#include "agent/core/record_batch.h"
#include "agent/core/schema.h"
#include "agent/core/source_definition.h"
#include "agent/monitors/shared/source_expression.h"

namespace leeway {

struct MaintenanceWindow;

// Visits all records of the files that the table's `key` names. Its other keys, those of a source of the type "file",
// say how to read them. Their columns are those of `schema`. False after an error, which is in the table's diagnostics.
using ReadRecords = std::function<bool(TableReader& table, const std::string& key, const Schema& schema,
                                       const std::function<void(const RecordBatch&)>& visit)>;

// The names of the columns of the newest file that the table's `key` names, with the keys of ReadRecords. kIo after an
// error that is in the table's diagnostics.
using FileColumns = std::function<Expected<std::vector<std::string>>(TableReader& table, const std::string& key)>;

// The input for building a monitor. `schemas` are those of its sources: the build interns the fields that it
// needs in each.
struct MonitorContext {
  TableReader& reader;
  Schemas schemas;
  TimePoint started;              // wall time at start: the created time of series that are declared in advance
  FileSystem& files;              // for files other than its source: decisions, profiles
  bool has_file_versions = true;  // whether the source's batches give their version of a file
  std::string state_dir{};        // with the decisions of `leeway reference`; empty: no state is kept
  ReadRecords read_records{};
  bool names_columns = true;       // whether the source's batches name the columns of their file
  bool has_several_files = false;  // whether several files, each with versions of its own, may match the source
  const SourceDefinition* definition = nullptr;  // of its (first) source; null: nothing is known of its files
  FileColumns file_columns{};
  // The names of the columns of the source's newest file; kConfiguration if they cannot be known, another error if they
  // are not known yet: the configuration will then be read again once there is another file.
  std::function<Expected<std::vector<std::string>>()> source_columns{};
  std::vector<std::string> sources{};  // their names, in the order of `schemas`
  std::span<const MaintenanceWindow> maintenance{};

  // Of the only source, for kinds that take no more.
  Schema& schema() const { return schemas.first(); }
};

}  // namespace leeway
