#include "agent/self/empty_alerts.h"

#include <algorithm>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/alerts/signal_tests.h"
#include "agent/core/units.h"
#include "agent/self/source_limits.h"

namespace leeway {
namespace {

constexpr const char* kRecordCount = "leeway_source_records_total";
constexpr const char* kMatching = "leeway_source_matching_files";
// A data file for which nothing says how long it may be silent has no pace before its first versions: a nightly one
// comes within a day.
constexpr Duration kFirstVersion = std::chrono::hours(26);
// `for` of hours would start over with each restart of the agent.
constexpr Duration kRestart = std::chrono::minutes(15);

struct EmptyWords {
  const char* empty;
  const char* no_file;  // "" where the kind has no files
  const char* who;
  const char* nothing_written;  // the last step for an operator
};

EmptyWords empty_words_of(SourceKind kind) {
  switch (kind) {
    case SourceKind::kLog:
      return {kSourceEmptyAlert, kNoMatchingFileAlert, "Source $labels.source, a log,",
              "The service has not written to it: `leeway check` lists the files."};
    case SourceKind::kStream:
      return {"LeewayStreamEmpty", "", "Source $labels.source, a stream,",
              "The service has not sent anything: is it up, and does it send to the address or path of the source?"};
    case SourceKind::kDataFile:
      break;
  }
  return {"LeewayFileEmpty", "LeewayFileMissing", "Source $labels.source, a data file,",
          "The job that writes it has not run: see its schedule and its log."};
}

// Sources that share a rule.
struct SourceGroup {
  SourceKind kind;
  Duration after;
  std::vector<std::string> sources;
  bool all;  // no other source has the metrics
};

std::vector<SourceGroup> groups_of(const Catalog& catalog) {
  std::vector<SourceGroup> groups;
  const std::map<SourceKind, SourceLimits> kinds = source_limits(catalog);
  for (const auto& [kind, limits] : kinds) {
    std::map<Duration, std::vector<std::string>> after;
    for (const auto& [limit, sources] : limits) {
      std::vector<std::string>& same = after[limit.value_or(kFirstVersion)];
      same.insert(same.end(), sources.begin(), sources.end());
    }
    for (auto& [limit, sources] : after) {
      groups.push_back({kind, limit, std::move(sources), kinds.size() == 1 && after.size() == 1});
    }
  }
  return groups;
}

std::string none(const char* metric, const SourceGroup& group, const RuleSettings& settings) {
  const Duration window = std::max(kRestart, settings.scrape_interval * kEnoughScrapes);
  return "last_over_time(" + of_sources(metric, group.sources, group.all) + "[" + format_duration(window) + "]) == 0";
}

AlertRule rule_of(const char* name, const SourceGroup& group, const RuleSettings& settings) {
  AlertRule alert;
  alert.name = name;
  alert.hold = group.after;
  add_team(alert, "", settings);
  alert.labels.emplace_back("after", format_duration(group.after));
  alert.range = std::max(kRestart, settings.scrape_interval * kEnoughScrapes);
  alert.measured = "0 records (limit " + format_duration(group.after) + ")";
  return alert;
}

// The source has no record, and as many files, until just after the alert fires; "idle" had records before.
AlertTest test_without_record(std::string name, const AlertRule& alert, const SourceGroup& group,
                              const RuleSettings& settings, int files) {
  const SignalTiming timing = timing_of(alert, settings.evaluation_interval);
  const int hold = steps_of(timing.hold, timing.step);
  const auto series = [](const char* metric, const std::string& source) {
    return series_text(metric, source_labels(source));
  };
  const std::string& source = group.sources.front();
  AlertTest test = named_test(std::move(name), timing.step, timing.step);
  test.input = {{series(kRecordCount, source), SampleText().hold(0, hold + 2).hold(5, 3).text()},
                {series(kRecordCount, "idle"), SampleText().hold(5, hold + 5).text()}};
  if (group.kind != SourceKind::kStream) {
    test.input.push_back({series(kMatching, source), SampleText().hold(files, hold + 5).text()});
    test.input.push_back({series(kMatching, "idle"), SampleText().hold(files, hold + 5).text()});
  }
  test.expectations = {{timing.step * (hold - 1), {}, ""},
                       {timing.step * hold, {{source_labels(source), 0}}, ""},
                       {timing.step * (hold + 3), {}, ""}};
  return test;
}

AlertTest test_with_other_alert(const char* other, const AlertRule& alert, const SourceGroup& group,
                                const RuleSettings& settings, int files) {
  AlertTest test = test_without_record(std::string("quiet where ") + other + " fires", alert, group, settings, files);
  for (AlertExpectation& expectation : test.expectations) {
    expectation.firing.clear();
  }
  return test;
}

}  // namespace

std::vector<AlertRule> empty_alerts(const Catalog& catalog) {
  std::vector<AlertRule> alerts;
  for (const SourceGroup& group : groups_of(catalog)) {
    const EmptyWords words = empty_words_of(group.kind);
    AlertRule alert = rule_of(words.empty, group, catalog.settings);
    alert.expr = none(kRecordCount, group, catalog.settings);
    alert.metrics = {kRecordCount};
    const bool files = group.kind != SourceKind::kStream;
    if (files) {
      alert.expr += "\nunless\n" + none(kMatching, group, catalog.settings);
      alert.metrics.emplace_back(kMatching);
    }
    alert.summary = std::string(words.who) + " never had a record.";
    alert.description = "Source $labels.source on $labels.instance has had $value records since it was configured.";
    alert.when = "a source never had a record for " + format_duration(group.after);
    alert.runbook.meaning = std::string("Nothing that the source feeds is monitored: ") +
                            (files ? "its files cannot be read, are empty, or hold nothing that is a record."
                                   : "nothing reaches it, or nothing of it is a record.");
    alert.runbook.steps = {
        "leeway_source_unreadable_files is above 0: the agent's log names the file, the reason and what to change.",
        "leeway_source_rejected_lines_total is above 0: see the lines at /api/v1/unmatched, and compare them with "
        "`format`.",
        words.nothing_written, "If that is usual, set `silent_after` of the source."};
    alert.tests = {test_without_record("fires once there was no record for that long, resolves with the first one",
                                       alert, group, catalog.settings, 1)};
    if (files) {
      alert.tests.push_back(test_with_other_alert(words.no_file, alert, group, catalog.settings, 0));
    }
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

std::vector<AlertRule> no_file_alerts(const Catalog& catalog) {
  std::vector<AlertRule> alerts;
  for (const SourceGroup& group : groups_of(catalog)) {
    if (group.kind == SourceKind::kStream) {
      continue;
    }
    const EmptyWords words = empty_words_of(group.kind);
    AlertRule alert = rule_of(words.no_file, group, catalog.settings);
    alert.expr = none(kMatching, group, catalog.settings) + "\nand\n" + none(kRecordCount, group, catalog.settings);
    alert.metrics = {kMatching, kRecordCount};
    alert.summary = std::string(words.who) + " leads to no file.";
    alert.measured = "0 files (limit " + format_duration(group.after) + ")";
    alert.description =
        "$value files match the paths of source $labels.source on $labels.instance, which never had a record.";
    alert.when = "the paths of a source without records lead to no file for " + format_duration(group.after);
    alert.runbook.meaning = "Nothing that the source feeds is monitored.";
    alert.runbook.steps = {
        "Compare `path` of the source, which the agent's log states, with the files that are written.",
        "In a container: is the directory mounted, and at that path? May the agent's user list it?",
        words.nothing_written, "If that is usual, set `silent_after` of the source."};
    alert.tests = {test_without_record("fires once there was no file for that long, resolves with the first record",
                                       alert, group, catalog.settings, 0),
                   test_with_other_alert(words.empty, alert, group, catalog.settings, 1)};
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

}  // namespace leeway
