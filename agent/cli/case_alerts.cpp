#include "agent/cli/case_alerts.h"

#include <algorithm>
#include <utility>

#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "agent/evaluation/alert_states.h"
#include "agent/evaluation/sample_store.h"
#include "agent/pipeline/timed_replay.h"
#include "dashboards/preview/replay_samples.h"
#include "rules/annotations.h"

namespace leeway {
namespace {

using evaluation::RaisedAlert;
using evaluation::Time;

Duration to_duration(Time time) { return std::chrono::milliseconds(time); }

bool is_of(const RaisedAlert& alert, const ExpectedAlert& expected) {
  return alert.rule->name == expected.selector.metric &&
         std::all_of(expected.selector.matchers.begin(), expected.selector.matchers.end(),
                     [&alert](const LabelMatcher& matcher) {
                       return evaluation::label_value(*alert.labels, matcher.label) == matcher.value;
                     });
}

// NAME{slo="x"}.
std::string alert_text_of(const Catalog& catalog, const RaisedAlert& alert) {
  RuleLabels common = catalog.settings.scope_labels;
  common.emplace_back("team", evaluation::label_value(*alert.labels, "team"));
  const std::string labels = evaluation::telling_labels(alert, common);
  return alert.rule->name + (labels.empty() ? "" : "{" + labels + "}");
}

class Comparison {
 public:
  Comparison(const Catalog& catalog, const std::vector<RaisedAlert>& raised, Time start, Time tolerance,
             std::vector<std::string>& differences)
      : catalog_(catalog), raised_(raised), start_(start), tolerance_(tolerance), differences_(differences) {}

  void compare(const std::vector<ExpectedAlert>& expected, const char* when, std::optional<Time> at);

 private:
  std::string after(const RaisedAlert& alert) const {
    const Duration exact = to_duration(std::max<Time>(0, alert.fired - start_));
    return format_duration(std::chrono::round<std::chrono::seconds>(exact));
  }
  bool is_in_time(const RaisedAlert& alert, const ExpectedAlert& expected) const {
    return !expected.after ||
           std::abs(alert.fired - start_ - *expected.after / std::chrono::milliseconds(1)) <= tolerance_;
  }
  void compare_one(const ExpectedAlert& expected, const char* when, const std::vector<const RaisedAlert*>& fired);

  const Catalog& catalog_;
  const std::vector<RaisedAlert>& raised_;
  Time start_;
  Time tolerance_;
  std::vector<std::string>& differences_;
};

void Comparison::compare_one(const ExpectedAlert& expected, const char* when,
                             const std::vector<const RaisedAlert*>& fired) {
  const RaisedAlert* late = nullptr;
  for (const RaisedAlert* alert : fired) {
    if (is_of(*alert, expected)) {
      late = alert;
      if (is_in_time(*alert, expected)) {
        return;
      }
    }
  }
  differences_.push_back("alert " + expected.text +
                         (late == nullptr ? std::string(" does not fire") + when + ", expected that it does"
                                          : " fires after " + after(*late) + ", expected " +
                                                format_duration(expected.after.value_or(Duration{}))));
}

void Comparison::compare(const std::vector<ExpectedAlert>& expected, const char* when, std::optional<Time> at) {
  std::vector<const RaisedAlert*> fired;
  for (const RaisedAlert& alert : raised_) {
    if (!at || alert.fires_at(*at)) {
      fired.push_back(&alert);
    }
  }
  for (const ExpectedAlert& one : expected) {
    compare_one(one, when, fired);
  }
  for (const RaisedAlert* alert : fired) {
    if (std::none_of(expected.begin(), expected.end(), [&](const auto& one) { return is_of(*alert, one); })) {
      differences_.push_back(
          "alert " + alert_text_of(catalog_, *alert) + " fires" + when + ", unexpectedly, after " + after(*alert) +
          ": " +
          rendered_summary(catalog_, *alert->rule, {{alert->labels->begin(), alert->labels->end()}, alert->value}));
    }
  }
}

}  // namespace

void compare_alerts(const TestCase& test, Assembly assembly, FileSystem& files, const Clock& clock,
                    std::vector<std::string>& differences) {
  evaluation::LabelSets sets;
  TimedReplay replay(std::move(assembly), files, clock);
  const Catalog& catalog = replay.catalog();
  const RuleSettings& settings = catalog.settings;
  evaluation::SampleStore samples(sets, settings.scrape_interval / std::chrono::milliseconds(1));
  const std::optional<TimePoint> first = replay.next_record();
  preview::take_samples(replay, clock, "test", preview::OwnMetrics::kIncluded, samples, test.run_on);
  const Time interval = settings.evaluation_interval / std::chrono::milliseconds(1);
  evaluation::Evaluator evaluator(samples, sets, catalog.recording_rules, {interval});
  const evaluation::AlertHistory history = evaluation::evaluate_alerts(catalog.alerts, evaluator, sets);
  differences.insert(differences.end(), history.problems.begin(), history.problems.end());
  const Time start = first ? first->time_since_epoch() / std::chrono::milliseconds(1) : samples.start();
  Comparison comparison(catalog, history.raised, start, interval, differences);
  if (test.alerts) {
    comparison.compare(*test.alerts, "", std::nullopt);
  }
  if (test.at_end) {
    comparison.compare(*test.at_end, " at the end", samples.end());
  }
}

}  // namespace leeway
