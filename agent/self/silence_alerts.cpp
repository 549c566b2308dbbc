#include "agent/self/silence_alerts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/alerts/signal_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/self/source_limits.h"

namespace leeway {
namespace {

constexpr const char* kLastRecord = "leeway_source_last_record_timestamp_seconds";
constexpr Duration kHold = std::chrono::minutes(5);
// Of the pace of data files.
constexpr Duration kHour = std::chrono::hours(1);
constexpr Duration kLongestPace = std::chrono::hours(24 * 14);
constexpr Duration kWeek = std::chrono::hours(24 * 7);
constexpr Duration kAround = std::chrono::hours(2);
constexpr Duration kLongestQuietTime = std::chrono::hours(24 * 3);  // a weekend, and a little more

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
              "Source $labels.source, a log, has gone silent.",
              "The service writes nothing, writes elsewhere, or does nothing.",
              {"Compare the files that `leeway check` lists with those that the service writes.",
               "Check whether the service is up."}};
    case SourceKind::kStream:
      return {"LeewayStreamSilent",
              "Nothing reaches source $labels.source, a stream.",
              "The service sends nothing, sends elsewhere, or does nothing.",
              {"Check whether the service is up, and whether it sends to the address or path of the source.",
               "See the source's state on the agent's status page."}};
    case SourceKind::kDataFile:
      break;
  }
  return {
      "LeewayFileOverdue",
      "Source $labels.source, a data file, is overdue.",
      "What writes the file has not run, failed, or wrote elsewhere. The metrics keep the values of the last version.",
      {"See whether the job that writes the file ran, and what it wrote.",
       "The agent's status page names a version that cannot be read, and why.",
       "It is not due yet: set `silent_after` of the source."}};
}

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
  test.input = {{series_text(kLastRecord, source_labels(source)), text.text()}};
  return test;
}

// The last record is that of `last`: it fires once it is older than `age`, and resolves with the next one.
AlertTest with_moment(AlertTest test, const std::string& source, Duration last, Duration age) {
  const Duration step = test.evaluation_interval;
  const Duration first = last + step * (age / step + 1 + steps_of(kHold, step));
  test.expectations = {{first - step, {}, ""},
                       {first, {{source_labels(source), to_seconds(first - last)}}, ""},
                       {first + step * 3, {}, ""}};
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

void add_tests(std::vector<AlertTest> tests, AlertRule& alert) {
  std::move(tests.begin(), tests.end(), std::back_inserter(alert.tests));
}

// Whether the source may be quiet at nights and weekends: what it was a week before, give or take two hours, excuses
// it.
bool has_quiet_times(SourceKind kind, Duration after) {
  return kind != SourceKind::kDataFile && after <= kLongestQuietTime;
}

std::string unless_usual(const std::string& last, const std::string& limit, Duration after,
                         const RuleSettings& settings) {
  const Duration step = std::chrono::minutes(after < kHour ? 10 : 30);
  std::string fleet;
  for (const std::string& label : settings.fleet_labels) {
    fleet += (fleet.empty() ? "" : ", ") + label;
  }
  return "\nunless ignoring (" + fleet + ")\nmin without (" + fleet + ") (max_over_time((time() - " + last + ")[" +
         format_duration(2 * kAround) + ":" + format_duration(step) + "] offset " + format_duration(kWeek - kAround) +
         "))" + limit + "\nor\ntime() - " + last + " > " + number_text(to_seconds(kWeek));
}

// Evaluated seldom, because rules with subqueries are dear and the tests are long.
constexpr Duration kQuarter = std::chrono::hours(6);

Duration down_to_quarter(Duration time) { return kQuarter * (time / kQuarter); }

// Samples each hour: the latest record is as old as `age` for a week, and then none comes. State at the second
// evaluation at which it is older than `after`.
AlertTest weekly_test(std::string name, const std::string& source, Duration age, Duration after, bool fires) {
  const auto hours = static_cast<int>(kWeek / kHour);
  const Duration end = down_to_quarter(kWeek + after) + kQuarter * 2;
  AlertTest test = named_test(std::move(name), kQuarter, kHour);
  test.input = {{series_text(kLastRecord, source_labels(source)),
                 SampleText()
                     .hold(-to_seconds(age), 1)
                     .ramp(to_seconds(kHour), hours)
                     .hold(to_seconds(kWeek - age), static_cast<int>((end - kWeek) / kHour) + 1)
                     .text()}};
  test.state_only = true;
  test.expectations = {{end, {}, ""}};
  if (fires) {
    test.expectations.front().firing = {{source_labels(source), 0}};
  }
  return test;
}

// Silent for long, then one late record, and silent again: at any time it was silent a week before.
AlertTest dead_test(const std::string& source, Duration after) {
  const auto before = static_cast<int>((std::chrono::hours(180) + after * 3) / kHour) + 1;  // hours
  const Duration last = kHour * before - after * 2;
  const Duration quiet = down_to_quarter(last + kWeek);
  AlertTest test = named_test("fires once it is silent for a week, even if it was so a week before", kQuarter, kHour);
  test.input = {{series_text(kLastRecord, source_labels(source)),
                 SampleText()
                     .hold(0, before)
                     .hold(to_seconds(last), static_cast<int>((quiet + kQuarter * 2) / kHour) + 1 - before)
                     .text()}};
  test.state_only = true;
  test.expectations = {{quiet, {}, ""}, {quiet + kQuarter * 2, {{source_labels(source), 0}}, ""}};
  return test;
}

std::vector<AlertTest> quiet_time_tests(const std::string& source, Duration after) {
  return {weekly_test("fires if it was not as silent a week before", source, after / 100 * 95, after, true),
          weekly_test("quiet if it was as silent a week before", source, after / 100 * 105, after, false),
          dead_test(source, after)};
}

// Adds sources that share a limit to the alert of their kind.
void add_fixed(SourceKind kind, const std::string& last, const std::string& source, Duration after,
               const RuleSettings& settings, AlertRule& alert) {
  const std::string limit = " > " + number_text(to_seconds(after));
  alert.expr += "time() - " + last + limit;
  alert.when += "the latest record of a source is older than " + format_duration(after);
  add_tests(fixed_tests(source, after, settings), alert);
  if (has_quiet_times(kind, after)) {
    alert.expr += unless_usual(last, limit, after, settings);
    alert.when += ", unless it was as silent a week before";
    alert.range = kWeek + kAround;
    add_tests(quiet_time_tests(source, after), alert);
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
  add_tests(pace_tests(source), alert);
}

AlertRule silence_alert(SourceKind kind, const SourceLimits& limits, bool all, const RuleSettings& settings) {
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
    const std::string last = of_sources(kLastRecord, sources, all);
    if (after) {
      add_fixed(kind, last, sources.front(), *after, settings, alert);
    } else {
      add_pace(last, sources.front(), settings, alert);
    }
  }
  alert.value_unit = Unit::kSeconds;
  alert.summary = words.summary;
  alert.measured = limits.size() == 1 && limits.begin()->first
                       ? "$value (limit " + format_duration(*limits.begin()->first) + ")"
                       : "$value (limit of the source)";
  alert.description = "The latest record of source $labels.source is $value old.";
  alert.metrics = {kLastRecord};
  alert.runbook.meaning = words.meaning;
  alert.runbook.steps = words.steps;
  return alert;
}

}  // namespace

std::vector<AlertRule> silence_alerts(const Catalog& catalog) {
  const std::map<SourceKind, SourceLimits> kinds = source_limits(catalog);
  std::vector<AlertRule> alerts;
  for (const auto& [kind, limits] : kinds) {
    const bool all = kinds.size() == 1 && limits.size() == 1;
    alerts.push_back(silence_alert(kind, limits, all, catalog.settings));
  }
  return alerts;
}

}  // namespace leeway
