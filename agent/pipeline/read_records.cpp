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

}  // namespace

bool read_records(FileSystem& files, const std::atomic<bool>& cancelled, TableReader& table, const std::string& key,
                  const Schema& schema, const std::function<void(const RecordBatch&)>& visit) {
  const std::optional<std::string> pattern = table.string(key);
  if (!pattern) {
    return false;
  }
  const auto kinds = builtin_collectors();
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [](const CollectorKind& k) { return k.type == "file"; });
  CollectorContext context{table, *pattern, builtin_formats()};
  const std::unique_ptr<SourceDefinition> definition = kind->build(context);
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
