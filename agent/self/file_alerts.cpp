#include "agent/self/file_alerts.h"

#include <algorithm>

namespace leeway {
namespace {

constexpr const char* kUnreadable = R"toml(
[[alert]]
name = "LeewayUnreadableFiles"
metric = "leeway_source_unreadable_files"
above = 0
)toml";

// Those that are not damaged.
constexpr const char* kUnreadableBesideDamaged = R"toml(
[[alert]]
name = "LeewayUnreadableFiles"
promql = "(leeway_source_unreadable_files - sum without (reason) (leeway_source_damaged_files) or leeway_source_unreadable_files) > 0"
test = [
  { name = "fires if a file cannot be opened, also beside a damaged one", input = { 'leeway_source_unreadable_files{instance="a", job="leeway", source="web"}' = "2x15 1x5", 'leeway_source_damaged_files{instance="a", job="leeway", source="web", reason="empty"}' = "1x20" }, fires = ["10m"], quiet = ["9m", "18m"], labels = { instance = "a", job = "leeway", source = "web" }, value = 1 },
  { name = "fires in time, resolves", input = { 'leeway_source_unreadable_files{instance="a", job="leeway", source="web"}' = "1x15 0x5" }, fires = ["10m"], quiet = ["9m", "18m"], labels = { instance = "a", job = "leeway", source = "web" }, value = 1 },
]
)toml";

constexpr const char* kOfUnreadable = R"toml(
for = "10m"
summary = "Files of source $labels.source cannot be opened."
description = "Source $labels.source: $value files cannot be opened; the agent's log says which and why."
runbook = { meaning = "What is in these files is not counted yet. Once they can be read, the agent continues where it stopped.", steps = [
  "See the agent's log, or its status page, for the files and the reasons.",
  "permission denied: the log says which user needs which permission.",
  "cannot be examined, or is being compressed: it passes, unless the disk has errors; after a minute what is missing is named by leeway_source_gaps_total.",
  "no such directory: a volume is not mounted, or `path` is wrong."] }
)toml";

constexpr const char* kDamaged = R"toml(
[[alert]]
name = "LeewayFileTruncated"
metric = '''leeway_source_damaged_files{reason=~"truncated|empty|footer"}'''
above = 0
for = "10m"
summary = "A data file of source $labels.source ends too early ($labels.reason)."
description = "Source $labels.source: $value files are incomplete, reason $labels.reason; the agent's log says which."
runbook = { meaning = "The file was not written to its end. Metrics keep the values of its last good version.", steps = [
  "Did the job that writes it end early? See its log, and whether the disk is full.",
  "Is it still being written? Let the job write another file and rename it once it is complete."] }

[[alert]]
name = "LeewayFileTooLarge"
metric = '''leeway_source_damaged_files{reason=~"too_.+"}'''
above = 0
for = "10m"
summary = "A data file of source $labels.source is over a limit ($labels.reason)."
description = "Source $labels.source: $value files are over a limit, reason $labels.reason; the agent's log says which, and the limit."
runbook = { meaning = "The file is not read. Metrics keep the values of its last good version.", steps = [
  "See the agent's log, or its status page, for the file and the limit.",
  "Is it expected to be that large? Raise the limit: max_size, max_records and others of the source.",
  "If not, see what the job that writes it does twice or never removes."] }

[[alert]]
name = "LeewayFileMalformed"
metric = '''leeway_source_damaged_files{reason!~"truncated|empty|footer|too_.+"}'''
above = 0
for = "10m"
summary = "A data file of source $labels.source does not have its format ($labels.reason)."
description = "Source $labels.source: $value files do not have the format of the source, reason $labels.reason; the agent's log says which and where."
runbook = { meaning = "The content is damaged, or is of another format. Metrics keep the values of the last good version.", steps = [
  "See the agent's log, or its status page, for the file and the place in it.",
  "Did the job that writes it change? Compare the file with `format` of the source; `leeway check` shows more."] }
)toml";

}  // namespace

std::string file_alerts(const Catalog& catalog) {
  const bool data = std::any_of(catalog.sources.begin(), catalog.sources.end(),
                                [](const SourceSilence& source) { return source.kind == SourceKind::kDataFile; });
  return std::string(data ? kUnreadableBesideDamaged : kUnreadable) + kOfUnreadable + (data ? kDamaged : "");
}

}  // namespace leeway
