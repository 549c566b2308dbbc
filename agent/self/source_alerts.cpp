#include "agent/self/source_alerts.h"

#include <algorithm>

#include "agent/core/units.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

constexpr const char* kEmpty = R"toml(
[[alert]]
name = "LeewaySourceEmpty"
promql = "increase(leeway_source_records_total[$window]) == 0 unless leeway_source_last_record_timestamp_seconds"
for = "$silent_after"
summary = "A source of Leeway never had a record."
description = "Source $labels.source on $labels.instance has had no record for $silent_after, nor before."
runbook = { meaning = "Nothing that the source feeds is monitored: its path leads to no file, its files cannot be read, all of its lines are rejected, or its service has not written yet.", steps = [
  "leeway_source_matching_files is 0: compare `path` with the files that the service writes, as the agent sees them.",
  "leeway_source_unreadable_files is above 0: the agent's log names the file and what to change.",
  "leeway_source_rejected_lines_total grows: see the lines at /api/v1/unmatched, and compare them with `format`.",
  "None of these: the service has not written anything; raise [rules] silent_after if that is usual."] }
)toml";

constexpr const char* kEmptyTest = R"toml(
[[alert.test]]
name = "fires once nothing came for that long, resolves with the first record"
interval = "1m"
input = { 'leeway_source_records_total{job="leeway", instance="a", source="web"}' = "0x$before 1x20", 'leeway_source_last_record_timestamp_seconds{job="leeway", instance="a", source="web"}' = "_x$before 1x20", 'leeway_source_records_total{job="leeway", instance="a", source="idle"}' = "7x$before 7x20", 'leeway_source_last_record_timestamp_seconds{job="leeway", instance="a", source="idle"}' = "1x$before 1x20" }
quiet = ["$early", "$later"]
fires = ["$late"]
labels = { job = "leeway", instance = "a", source = "web" }
value = 0
)toml";

// A test of days would take promtool minutes.
constexpr std::int64_t kLongestTest = 360;  // minutes
constexpr const char* kQuietTest = R"toml(
[[alert.test]]
name = "quiet for the first two hours"
interval = "1m"
input = { 'leeway_source_records_total{job="leeway", instance="a", source="web"}' = "0x120" }
quiet = ["120m"]
)toml";

constexpr const char* kSilent = R"toml(
[[alert]]
name = "LeewaySourceSilent"
metric = "leeway_source_last_record_timestamp_seconds"
age_above = "$silent_after"
for = "5m"
summary = "A log that Leeway reads has gone silent."
description = "The latest record of source $labels.source is $value old."
runbook = { meaning = "The service writes nothing, writes elsewhere, or does nothing.", steps = [
  "Compare the files that `leeway check` lists with those that the service writes.",
  "Check whether the service is up."] }
)toml";

constexpr const char* kRejected = R"toml(
[[alert]]
name = "LeewayLinesRejected"
promql = '''
$rejected
/
($lines)
> 0.01
and
($lines) >= 100'''
unit = "ratio"
for = "15m"
summary = "Leeway cannot read lines of a log."
description = "Source $labels.source: $value of the lines of the last 1h are not records."
runbook = { meaning = "Lines do not have the format of the source, so they are not counted.", steps = [
  "Find the reason: sum by (reason) (rate(leeway_source_rejected_lines_total[5m])).",
  "See the last of these lines: /api/v1/unmatched of the agent.",
  "Lines that are no records by intent, such as tracebacks: leave them out with `ignore`, or join them with `multiline`.",
  "Compare a line of the log with `format`, `prefix` and `time` of the source; `leeway check` and `leeway replay` show more."] }
[[alert.test]]
name = "fires if all lines are rejected"
interval = "1m"
input = { 'leeway_source_rejected_lines_total{job="leeway", instance="a", source="web", reason="not_an_object"}' = "_x5 10+10x60", 'leeway_source_records_total{job="leeway", instance="a", source="web"}' = "0x70" }
quiet = ["15m"]
fires = ["40m"]
labels = { job = "leeway", source = "web" }
value = 1
[[alert.test]]
name = "fires above a share of 1 %, whatever the reasons"
interval = "1m"
input = { 'leeway_source_rejected_lines_total{job="leeway", instance="a", source="web", reason="not_an_object"}' = "0+1x90", 'leeway_source_rejected_lines_total{job="leeway", instance="b", source="web", reason="too_long"}' = "0+1x90", 'leeway_source_records_total{job="leeway", instance="a", source="web"}' = "0+98x90" }
fires = ["80m"]
labels = { job = "leeway", source = "web" }
value = 0.02
[[alert.test]]
name = "quiet below it, and with few lines"
interval = "1m"
input = { 'leeway_source_rejected_lines_total{job="leeway", instance="a", source="web", reason="not_an_object"}' = "0+1x90", 'leeway_source_records_total{job="leeway", instance="a", source="web"}' = "0+199x90", 'leeway_source_rejected_lines_total{job="leeway", instance="a", source="quiet", reason="not_an_object"}' = "0+1x90", 'leeway_source_records_total{job="leeway", instance="a", source="quiet"}' = "0x90" }
quiet = ["80m"]
)toml";

std::string with(std::string text, const std::string& name, const std::string& value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
    text.replace(at, name.size(), value);
  }
  return text;
}

// Within an hour, of all instances.
std::string increase(const RuleSettings& settings, const std::string& metric, const std::string& label) {
  std::string labels = label;
  for (const std::string& one : settings.fleet_labels) {
    labels += (labels.empty() ? "" : ", ") + one;
  }
  return "sum without (" + labels + ") (increase(" + metric + "[1h]))";
}

}  // namespace

std::string source_alerts(const RuleSettings& settings) {
  constexpr Duration kMinute = std::chrono::minutes(1);
  const auto minutes = std::max<std::int64_t>(settings.silent_after / kMinute, 1);
  const auto at = [](std::int64_t minute) { return std::to_string(minute) + "m"; };
  // Long enough for two samples.
  const Duration window = std::max<Duration>(std::chrono::hours(1), 4 * settings.scrape_interval);
  std::string text = with(std::string(kEmpty) + (minutes <= kLongestTest ? kEmptyTest : kQuietTest) + kSilent,
                          "$silent_after", format_duration(settings.silent_after));
  text = with(std::move(text), "$window",
              format_duration(std::min(window, std::max(settings.silent_after, 2 * settings.scrape_interval))));
  text = with(std::move(text), "$before", std::to_string(minutes + 10));
  text = with(std::move(text), "$early", at(minutes - 1));
  text = with(std::move(text), "$later", at(minutes + 15));
  text = with(std::move(text), "$late", at(minutes + 8));
  const std::string rejected = increase(settings, "leeway_source_rejected_lines_total", "reason");
  text += with(with(kRejected, "$rejected", rejected), "$lines",
               rejected + " + " + increase(settings, "leeway_source_records_total", ""));
  return with(std::move(text), "job=\"leeway\"", "job=" + quote_promql(settings.agent_job));
}

}  // namespace leeway
