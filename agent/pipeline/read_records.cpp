#include "agent/pipeline/read_records.h"

#include <algorithm>

#include "collectors/builtin.h"

namespace leeway {
namespace {

// The reason why not everything could be read; "" if it could.
std::string unread(const SourceStatus& status, const std::string& pattern) {
  for (const FileStatus& file : status.files) {
    if (!file.error.empty()) {
      return file.error;
    }
  }
  if (!status.versions || status.versions->read == 0) {
    return "no file that matches '" + pattern + "' could be read";
  }
  return "";
}

// Null after an error, which is in the table's diagnostics.
std::unique_ptr<SourceDefinition> file_source_of(TableReader& table, const std::string& pattern) {
  const auto kinds = builtin_collectors();
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [](const CollectorKind& k) { return k.type == "file"; });
  CollectorContext context{table, pattern, builtin_formats()};
  return kind->build(context);
}

}  // namespace

ConfigTable cell_keys_of(const ConfigTable& source) {
  ConfigTable cells;
  for (const char* const key : {"decimal", "null_values", "quoted_numbers", "thousands"}) {
    if (const ConfigValue* const value = source.find(key)) {
      cells.set(key, *value);
    }
  }
  return cells;
}

Expected<std::vector<std::string>> read_file_columns(FileSystem& files, TableReader& table, const std::string& key) {
  const Error unknown{ErrorCode::kIo, "the files of '" + key + "' cannot be read"};
  const std::optional<std::string> pattern = table.string(key);
  const std::unique_ptr<SourceDefinition> definition = pattern ? file_source_of(table, *pattern) : nullptr;
  if (definition == nullptr) {
    return unknown;
  }
  Expected<std::vector<std::string>> names = definition->columns(files);
  if (!names && names.error().code != ErrorCode::kConfiguration) {
    table.error(key, names.error().to_string());
    return unknown;
  }
  return names;
}

bool read_records(FileSystem& files, const std::atomic<bool>& cancelled, const ConfigTable& cells, TableReader& table,
                  const std::string& key, const Schema& schema, const std::function<void(const RecordBatch&)>& visit) {
  table.fall_back_to(cells);
  const std::optional<std::string> pattern = table.string(key);
  if (!pattern) {
    return false;
  }
  const std::unique_ptr<SourceDefinition> definition = file_source_of(table, *pattern);
  if (definition == nullptr) {
    return false;
  }
  const std::unique_ptr<Collector> collector = definition->open(schema, files);
  if (const Expected<void> found = collector->discover(); !found) {
    table.error(key, found.error().to_string());
    return false;
  }
  RecordBatch batch;
  for (;;) {
    const Expected<PollState> state = collector->finish({}, batch);
    if (!state) {
      table.error(key, state.error().to_string());
      return false;
    }
    if (cancelled) {
      table.error(key, "not read to its end: the agent is stopping");
      return false;
    }
    visit(batch);
    if (*state == PollState::kIdle) {
      break;
    }
  }
  SourceStatus status;
  collector->report(status);
  const std::string wrong = unread(status, *pattern);
  if (!wrong.empty()) {
    table.error(key, wrong);
  }
  return wrong.empty();
}

}  // namespace leeway
