#include "agent/self/silence_alerts.h"

#include <algorithm>
#include <map>
#include <utility>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/alerts/signal_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

constexpr const char* kLastRecord = "leeway_source_last_record_timestamp_seconds";
constexpr Duration kHold = std::chrono::minutes(5);
// Of the pace of data files.
constexpr Duration kHour = std::chrono::hours(1);
constexpr Duration kLongestPace = std::chrono::hours(24 * 14);

struct Words {
  const char* alert;
  const char* summary;
  const char* meaning;
  std::vector<std::string> steps;
};

Words words_of(SourceKind kind) {
  switch (kind) {
    case SourceKind::kLog:
      return {kSourceSilentAlert,
              "A log that Leeway reads has gone silent.",
              "The service writes nothing, writes elsewhere, or does nothing.",
              {"Compare the files that `leeway check` lists with those that the service writes.",
               "Check whether the service is up."}};
    case SourceKind::kStream:
      return {"LeewayStreamSilent",
              "Nothing reaches a stream that Leeway reads.",
              "The service sends nothing, sends elsewhere, or does nothing.",
              {"Check whether the service is up, and whether it sends to the address or path of the source.",
               "See the source's state on the agent's status page."}};
    case SourceKind::kDataFile:
      break;
  }
  return {
      "LeewayFileOverdue",
      "A data file that Leeway reads is overdue.",
      "What writes the file has not run, failed, or wrote elsewhere. The metrics keep the values of the last version.",
      {"See whether the job that writes the file ran, and what it wrote.",
       "The agent's status page names a version that cannot be read, and why.",
       "It is not due yet: set `silent_after` of the source."}};
}

std::string selector_of(const std::vector<std::string>& sources, bool all) {
  return all ? kLastRecord : std::string(kLastRecord) + "{" + one_of("source", sources) + "}";
}

RuleLabels labels_of(const std::string& source) { return {{"instance", "a"}, {"job", "leeway"}, {"source", source}}; }

// Time begins at 0. `records`: (when, until when it is the latest), one after the other.
AlertTest silence_test(std::string name, const std::string& source, Duration step,
                       const std::vector<std::pair<Duration, Duration>>& records) {
  AlertTest test = named_test(std::move(name), step, step);
  SampleText text;
  Duration now{};
  for (const auto& [at, until] : records) {
    text.hold(to_seconds(at), static_cast<int>((until - now) / step));
    now = until;
  }
  test.input = {{series_text(kLastRecord, labels_of(source)), text.text()}};
  return test;
}

// The last record is that of `last`: it fires once it is older than `age`, and resolves with the next one.
AlertTest with_moment(AlertTest test, const std::string& source, Duration last, Duration age) {
  const Duration step = test.evaluation_interval;
  const Duration first = last + step * (age / step + 1 + steps_of(kHold, step));
  test.expectations = {
      {first - step, {}, ""}, {first, {{labels_of(source), to_seconds(first - last)}}, ""}, {first + step * 3, {}, ""}};
  return test;
}

std::vector<AlertTest> fixed_tests(const std::string& source, Duration age, const RuleSettings& settings) {
  const Duration step = test_step(settings.evaluation_interval, age);
  const Duration renewed = step * (age / step + 4 + steps_of(kHold, step));
  return {with_moment(silence_test("fires once the latest record is too old, resolves with the next one", source, step,
                                   {{Duration{}, renewed}, {renewed, renewed + step * 3}}),
                      source, {}, age)};
}

std::vector<AlertTest> pace_tests(const std::string& source) {
  constexpr Duration kDay = std::chrono::hours(24);
  constexpr Duration kStep = std::chrono::minutes(5);
  constexpr Duration kSoon = std::chrono::minutes(10);
  const Duration overdue = kDay * 3 + kHour * 15;
  const Duration waited = kSoon + kHour + kStep * 5;
  AlertTest first =
      silence_test("quiet where there was only one record: no pace is known", source, kHour, {{Duration{}, kDay * 3}});
  first.expectations = {{kDay * 2, {}, ""}};
  return {
      with_moment(
          silence_test("fires after one and a half times the gap of a day, resolves with the next record", source,
                       kHour, {{Duration{}, kDay}, {kDay, kDay * 2}, {kDay * 2, overdue}, {overdue, overdue + kDay}}),
          source, kDay * 2, kDay + kHour * 12),
      with_moment(silence_test("never fires within an hour", source, kStep,
                               {{Duration{}, kSoon}, {kSoon, waited}, {waited, waited + kHour}}),
                  source, kSoon, kHour),
      first};
}

// Sources by how long they may be silent; none: by their pace.
using Limits = std::map<std::optional<Duration>, std::vector<std::string>>;

// Adds sources that share a limit to the alert of their kind.
void add_fixed(const std::string& last, const std::string& source, Duration after, const RuleSettings& settings,
               AlertRule& alert) {
  alert.expr += "time() - " + last + " > " + number_text(to_seconds(after));
  alert.when += "the latest record of a source is older than " + format_duration(after);
  for (AlertTest& test : fixed_tests(source, after, settings)) {
    alert.tests.push_back(std::move(test));
  }
}

void add_pace(const std::string& last, const std::string& source, const RuleSettings& settings, AlertRule& alert) {
  const Duration pace = std::min(kLongestPace, settings.retention);
  const std::string age = "time() - " + last + " > ";
  alert.expr += age + number_text(to_seconds(kHour)) + "\nand\n" + age + "1.5 * (max_over_time((" + last + " - " +
                last + " offset 1h)[" + format_duration(pace) + ":1h]) > 0)";
  alert.when +=
      "the latest record of a data file is older than 1h, and than one and a half times the longest gap of the "
      "last " +
      format_duration(pace) + "; one that comes more seldom needs `silent_after`";
  alert.range = pace + kHour;
  for (AlertTest& test : pace_tests(source)) {
    alert.tests.push_back(std::move(test));
  }
}

AlertRule silence_alert(SourceKind kind, const Limits& limits, bool all, const RuleSettings& settings) {
  const Words words = words_of(kind);
  AlertRule alert;
  alert.name = words.alert;
  alert.hold = kHold;
  add_team(alert, "", settings);
  for (const auto& [after, sources] : limits) {
    if (!alert.expr.empty()) {
      alert.expr += "\nor\n";
      alert.when += ", or ";
    }
    const std::string last = selector_of(sources, all);
    if (after) {
      add_fixed(last, sources.front(), *after, settings, alert);
    } else {
      add_pace(last, sources.front(), settings, alert);
    }
  }
  alert.value_unit = Unit::kSeconds;
  alert.summary = words.summary;
  alert.description = "The latest record of source $labels.source is $value old.";
  alert.metrics = {kLastRecord};
  alert.runbook.meaning = words.meaning;
  alert.runbook.steps = words.steps;
  return alert;
}

}  // namespace

std::vector<AlertRule> silence_alerts(const Catalog& catalog) {
  const RuleSettings& settings = catalog.settings;
  std::map<SourceKind, Limits> kinds;
  for (const SourceSilence& source : catalog.sources) {
    std::optional<Duration> after = source.after;
    if (!after && (settings.silent_after_given || source.kind != SourceKind::kDataFile)) {
      after = settings.silent_after;
    }
    kinds[source.kind][after].push_back(source.name);
  }
  std::vector<AlertRule> alerts;
  for (const auto& [kind, limits] : kinds) {
    const bool all = kinds.size() == 1 && limits.size() == 1;
    alerts.push_back(silence_alert(kind, limits, all, settings));
  }
  return alerts;
}

}  // namespace leeway
