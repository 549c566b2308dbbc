// What the entries of [[state.alerts]] are as entries of [[alert]], and what the runbook says of them.
#include <algorithm>

#include "agent/alerts/alert_entry.h"
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/alerts/signal_tests.h"
#include "agent/alerts/text_labels.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/state/state_alerts.h"
#include "agent/monitors/state/state_settings.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

constexpr const char* kFailed = "failure";

// What an alert says where its entry does not.
struct Words {
  std::string summary;
  std::string description;
  std::string when;      // "" where the condition's own words are right
  std::string measured;  // likewise
  std::string meaning;
  std::vector<std::string> queries;
  std::vector<std::string> steps;
};

class StateAlertRule {
 public:
  StateAlertRule(const StateSettings& settings, const StateAlert& alert, Catalog& catalog)
      : settings_(settings), alert_(alert), catalog_(catalog) {}

  void add() const;

 private:
  Selector selector(const MetricDesc& desc, const std::string& outcome = "") const;
  std::string name_of(const MetricDesc& desc, const std::string& outcome = "") const {
    return selector(desc, outcome).to_string();
  }
  std::string clause() const;
  Words words() const;
  Words words_of_ends() const;
  void set_condition(ConfigTable& table) const;
  ConfigTable entry(const Words& words) const;
  ConfigValue value(ConfigValue::Data data) const { return {std::move(data), alert_.place, alert_.place}; }
  void complete(const Words& words, AlertRule& rule) const;
  void add_never(AlertRule& rule) const;
  std::vector<AlertTest> never_tests(const AlertRule& rule) const;

  const StateSettings& settings_;
  const StateAlert& alert_;
  Catalog& catalog_;
};

Selector StateAlertRule::selector(const MetricDesc& desc, const std::string& outcome) const {
  Selector selector;
  selector.metric = desc.name;
  for (const auto& [label, text] : alert_.only) {
    selector.matchers.push_back({label, "=", text});
  }
  if (!outcome.empty()) {
    const bool several = outcome.find('|') != std::string::npos;
    selector.matchers.push_back({"outcome", several ? "=~" : "=", outcome});
  }
  return selector;
}

// The labels that tell its series apart: " (step $labels.step)".
std::string StateAlertRule::clause() const {
  std::vector<std::string> labels = alert_.by;
  std::erase_if(labels, [this](const std::string& label) {
    return std::none_of(settings_.in_progress.label_names.begin(), settings_.in_progress.label_names.end(),
                        [&](const std::string& own) { return own == label; });
  });
  return series_clause(labels);
}

Words StateAlertRule::words() const {
  const std::string name = settings_.name + clause();
  const std::string time = format_duration(alert_.time);
  const std::string oldest = name_of(settings_.oldest_start);
  switch (alert_.condition) {
    case StateCondition::kOverdue: {
      const std::string timeout = format_duration(settings_.limits.timeout);
      return {"State " + name + " is overdue.",
              "$value of " + name + " have been in progress for " + timeout + " or longer.",
              "",
              "",
              "It hangs, or its end was not logged: the process was stopped, for example.",
              {oldest, name_of(settings_.in_progress)},
              {"See since when it is in progress, and the log from there on.",
               "Is the process that does it still there? Then see what it waits for; otherwise start it again."}};
    }
    case StateCondition::kInProgressFor:
      return {"State " + name + " has been in progress for more than " + time + ".",
              "The longest of " + name + " has been in progress for $value.",
              "",
              "",
              "What began has not ended for longer than is usual.",
              {oldest, name_of(settings_.in_progress)},
              {"See the log from its start on.", "Is what ends it still running, and is the end logged?"}};
    case StateCondition::kNoSuccess:
      return {"State " + name + " has had no success for " + time + ".",
              "The last success of " + name + " was $value ago, or none was seen for so long.",
              settings_.name + " had no success for " + time + ", or none was seen in that time",
              "",
              "It fails, does not end, or was not started.",
              {name_of(settings_.last_success), name_of(settings_.in_progress),
               "increase(" + name_of(settings_.ended) + "[" + time + "])"},
              {"Was it started? See its schedule.", "It fails: see the log of the last run.",
               "It is in progress: see since when."}};
    default:
      return words_of_ends();
  }
}

Words StateAlertRule::words_of_ends() const {
  const std::string name = settings_.name + clause();
  const std::string window = format_duration(alert_.window);
  const std::string ends = "increase(" + name_of(settings_.ended) + "[" + window + "])";
  const std::vector<std::string> failure_steps = {"See the log of the last one that failed.",
                                                  "Do all fail, or some? Compare them with those that succeed."};
  switch (alert_.condition) {
    case StateCondition::kFailures:
      return {"State " + name + (alert_.limit == 0 ? " has failed." : " has failed too often."),
              "$value of " + name + " failed within " + window + ".",
              "",
              "",
              "What began has ended without success.",
              {ends},
              failure_steps};
    case StateCondition::kFailureRatio:
      return {"State " + name + " fails too often.",
              "$value of the ends of " + name + " within " + window + " were failures.",
              "",
              "",
              "Too many of those that end do so without success.",
              {ends},
              failure_steps};
    default:
      break;
  }
  const std::string time = format_duration(alert_.time);
  Words words;
  words.summary = "State " + name + " takes longer than " + time + ".";
  words.description =
      alert_.q > 0
          ? "At " + number_text(alert_.q) + " of its durations within " + window + ", " + name + " takes $value."
          : "$value of the ends of " + name + " within " + window + " took longer than " + time + ".";
  if (alert_.q == 0) {
    words.when = "an end of " + settings_.name + " took longer than " + time;
    words.measured = "$value of those within " + window;
  }
  words.meaning = "It takes longer than is usual.";
  words.queries = {"increase(" + settings_.duration.name + "_bucket[" + window + "])", ends};
  words.steps = {"Compare a slow one with one that was not: which part takes the time?",
                 "Did what it has to do grow, or does it wait for something?"};
  return words;
}

void StateAlertRule::set_condition(ConfigTable& table) const {
  const auto metric = [&](const MetricDesc& desc, const std::string& outcome = "") {
    table.set("metric", value(name_of(desc, outcome)));
  };
  const std::string window = format_duration(alert_.window);
  const auto counts = [&](ConfigTable& inner) {
    inner.set("window", value(window));
    for (const char* const key : {"min_count", "min_bad_events"}) {
      if (const ConfigValue* const given = alert_.entry.find(key)) {
        inner.set(key, *given);
      }
    }
  };
  ConfigTable inner;
  switch (alert_.condition) {
    case StateCondition::kOverdue:
      metric(settings_.overdue);
      table.set("above", value(std::int64_t{0}));
      return;
    case StateCondition::kInProgressFor:
      metric(settings_.oldest_start);
      table.set("age_above", value(format_duration(alert_.time)));
      return;
    case StateCondition::kNoSuccess:
      metric(settings_.last_success);
      table.set("age_above", value(format_duration(alert_.time)));
      return;
    case StateCondition::kFailures:
      metric(settings_.ended, kFailed);
      inner.set("limit", value(alert_.limit));
      inner.set("window", value(window));
      table.set("increase_above", value(std::move(inner)));
      break;
    case StateCondition::kFailureRatio:
      metric(settings_.ended, "success|failure");
      inner.set("of", value(name_of(settings_.ended, kFailed)));
      inner.set("limit", value(alert_.limit));
      counts(inner);
      table.set("ratio_above", value(std::move(inner)));
      break;
    case StateCondition::kDuration: {
      metric(settings_.duration);
      const double limit = to_seconds(alert_.time);
      if (alert_.q > 0) {
        inner.set("q", value(alert_.q));
        inner.set("above", value(limit));
        counts(inner);
        table.set("quantile", value(std::move(inner)));
      } else {
        inner.set("from", value(limit));
        inner.set("above", value(std::int64_t{0}));
        inner.set("window", value(window));
        table.set("share_between", value(std::move(inner)));
      }
      break;
    }
  }
  ConfigArray by;
  for (const std::string& label : alert_.by) {
    by.push_back(value(label));
  }
  table.set("by", value(std::move(by)));
}

ConfigTable StateAlertRule::entry(const Words& words) const {
  ConfigTable table;
  table.set("name", value(alert_.name));
  table.set("group", value(std::string("state-alerts")));
  table.set("summary", value(words.summary));
  table.set("description", value(words.description));
  for (const char* const key :
       {"severity", "for", "keep_firing_for", "team", "summary", "description", "comment", "runbook"}) {
    if (const ConfigValue* const given = alert_.entry.find(key)) {
      table.set(key, *given);
    }
  }
  set_condition(table);
  return table;
}

void StateAlertRule::complete(const Words& words, AlertRule& rule) const {
  if (!words.when.empty()) {
    rule.when = words.when;
  }
  if (!words.measured.empty() && !rule.measured.empty()) {
    rule.measured = words.measured;
  }
  if (!rule.runbook.link.empty()) {
    return;
  }
  RunbookEntry& runbook = rule.runbook;
  runbook.meaning = runbook.meaning.empty() ? words.meaning : runbook.meaning;
  runbook.queries = runbook.queries.empty() ? words.queries : runbook.queries;
  runbook.steps = runbook.steps.empty() ? words.steps : runbook.steps;
}

// The time of a success that was never seen is not known. Not where Prometheus knows of one that the agent no longer
// knows.
void StateAlertRule::add_never(AlertRule& rule) const {
  const std::string known = name_of(settings_.in_progress);
  const std::string time = format_duration(alert_.time);
  const std::string seconds = number_text(to_seconds(alert_.time));
  rule.expr += "\nor\n(clamp(" + known + ", " + seconds + ", " + seconds + ")\nand " + known + " offset " + time +
               "\nunless last_over_time(" + name_of(settings_.last_success) + "[" + time + "]))";
  rule.metrics.push_back(settings_.in_progress.name);
  rule.range = alert_.time;
  for (AlertTest& test : never_tests(rule)) {
    rule.tests.push_back(std::move(test));
  }
}

std::vector<AlertTest> StateAlertRule::never_tests(const AlertRule& rule) const {
  const std::optional<RuleLabels> labels = example_labels(selector(settings_.in_progress), settings_.in_progress);
  if (!labels) {
    return {};
  }
  const Duration step = test_step(catalog_.settings.evaluation_interval, alert_.time + rule.hold);
  const int hold = steps_of(rule.hold, step);
  const int keep = steps_of(rule.keep_firing_for, step);
  const int first = steps_of(alert_.time, step) + hold;
  const std::string watched = series_text(settings_.in_progress.name, *labels);
  const std::string success = series_text(settings_.last_success.name, *labels);
  const FiringAlert firing{*labels, to_seconds(alert_.time)};
  AlertTest never = named_test("fires where none was seen for that long, resolves with the first", step, step);
  never.input = {{watched, SampleText().hold(0, first + keep + 5).text()},
                 {success, SampleText().gap(first + 2).hold(to_seconds(step * (first + 2)), keep + 3).text()}};
  never.expectations = {
      {step * (first - 1), {}, ""}, {step * first, {firing}, ""}, {step * (first + keep + 3), {}, ""}};
  // Whether a range counts its first sample differs between versions of Prometheus.
  AlertTest lost = named_test("quiet that long after the agent lost its state", step, step);
  lost.input = {{watched, SampleText().hold(0, first + 4).text()}, {success, SampleText().hold(0, 2).stale().text()}};
  lost.expectations = {{step * (first - hold), {}, ""}, {step * (first + 2), {firing}, ""}};
  return {never, lost};
}

void StateAlertRule::add() const {
  const Words words = this->words();
  Diagnostics found;
  const std::size_t before = catalog_.alerts.size();
  read_alert(value(entry(words)), catalog_, found, "[[state.alerts]]");
  for (const Error& error : found.errors()) {
    catalog_.errors.push_back(error);
  }
  for (const Error& warning : found.warnings()) {
    catalog_.warnings.push_back(warning);
  }
  if (catalog_.alerts.size() == before) {
    return;
  }
  AlertRule& rule = catalog_.alerts.back();
  complete(words, rule);
  if (alert_.condition == StateCondition::kNoSuccess) {
    add_never(rule);
  }
}

}  // namespace

void add_state_alerts(const StateSettings& settings, Catalog& catalog) {
  for (const StateAlert& alert : settings.alerts) {
    StateAlertRule(settings, alert, catalog).add();
  }
}

}  // namespace leeway
