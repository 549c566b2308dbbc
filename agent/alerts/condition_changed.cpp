// The condition that a gauge has changed: its value, or which series there are. A model's version is a label, say, so a
// new model is a new series, and no value ever changes.
#include <algorithm>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

constexpr Duration kStart = std::chrono::minutes(5);  // series that appear so soon after the metric's first are no news
constexpr int kSamplesPerStep = 4;                    // of the tests' input

// A label that tells several series of the selector's apart; "" where there can be but one for each agent.
std::string free_label(const ConditionContext& context) {
  for (const std::string& label : context.desc->label_names) {
    const bool matched = std::any_of(context.metric.matchers.begin(), context.metric.matchers.end(),
                                     [&](const LabelMatcher& matcher) { return matcher.label == label; });
    if (!matched) {
      return label;
    }
  }
  return "";
}

// Series of the window that no agent of the fleet exported in a window before it, where some series of the metric were
// exported then, and not just at its end: after a start, and after a gap of any length, what is there is no news.
std::string appeared(const ConditionContext& context, Duration window) {
  const std::vector<std::string>& fleet = context.catalog.settings.fleet_labels;
  std::vector<std::string> service = context.catalog.settings.target_labels;
  std::erase_if(service,
                [&](const std::string& label) { return std::find(fleet.begin(), fleet.end(), label) != fleet.end(); });
  const Duration start = std::min(kStart, window / 2);
  const std::string metric = context.metric.to_string();
  return "present_over_time(" + metric + window_text(window) + ") > 0\nunless ignoring (" + label_list(fleet) +
         ") last_over_time(" + metric + window_text(window) + " offset " + format_duration(window) + ")\nand on (" +
         label_list(service) + ") last_over_time(" + metric + window_text(window - start) + " offset " +
         format_duration(window + start) + ")";
}

class ChangedTests {
 public:
  ChangedTests(const ConditionContext& context, Duration window, RuleLabels labels)
      : context_(context), labels_(std::move(labels)), step_(timing_of(context, window).step) {
    length_ = steps(window);
    hold_ = steps(context.hold);
    keep_ = steps(context.keep_firing_for);
  }

  AlertTest of_value() const {
    AlertTest test = named("fires after a change, for as long as it is in the window");
    test.input = {{series(labels_),
                   SampleText().hold(5, samples(length_ + 2) + 1).hold(6, samples(length_ * 2 + keep_ + 8)).text()}};
    test.expectations = {quiet(length_ + 2 + hold_)};
    if (hold_ + 1 < length_) {
      test.expectations.push_back({step_ * (length_ + 3 + hold_), {{labels_, 1}}, ""});
    }
    test.expectations.push_back(quiet(length_ * 2 + keep_ + 4));
    return test;
  }

  AlertTest of_series(const RuleLabels& other) const {
    AlertTest test = named("fires where a series appears, for as long as that is in the window");
    const int before = length_ * 2;
    const int all = before + length_ + keep_ + 8;
    test.input = {{series(labels_), SampleText().hold(1, samples(all)).text()},
                  {series(other), SampleText().gap(samples(before) + 1).hold(1, samples(all - before)).text()}};
    test.expectations = {quiet(before + hold_)};
    if (hold_ + 1 < length_) {
      test.expectations.push_back({step_ * (before + 1 + hold_), {{other, 1}}, ""});
    }
    test.expectations.push_back(quiet(before + length_ + keep_ + 3));
    return test;
  }

  // The second series follows the first a sample later, and then the agent is away for a while.
  AlertTest of_start(const RuleLabels& other) const {
    AlertTest test = named("quiet after a start, and after a gap");
    const int away = length_ / 2 + 1;
    const auto text = [&](int late) {
      return SampleText()
          .gap(late)
          .hold(1, samples(length_ * 3) - late)
          .gap(samples(away))
          .hold(1, samples(length_ * 3))
          .text();
    };
    test.input = {{series(labels_), text(0)}, {series(other), text(1)}};
    for (const int at : {1, length_, length_ + 1, length_ * 2, length_ * 3 + away + 1, length_ * 4, length_ * 4 + 1,
                         length_ * 4 + away, length_ * 5}) {
      test.expectations.push_back(quiet(at));
    }
    return test;
  }

 private:
  int steps(Duration duration) const { return static_cast<int>((duration + step_ - Duration(1)) / step_); }
  static int samples(int steps) { return steps * kSamplesPerStep; }
  std::string series(const RuleLabels& labels) const { return series_text(context_.metric.metric, labels); }
  AlertExpectation quiet(int at) const { return {step_ * at, {}, ""}; }
  AlertTest named(std::string name) const {
    AlertTest test;
    test.name = std::move(name);
    test.evaluation_interval = step_;
    test.interval = step_ / kSamplesPerStep;
    return test;
  }

  const ConditionContext& context_;
  RuleLabels labels_;
  Duration step_;
  int length_ = 0;
  int hold_ = 0;
  int keep_ = 0;
};

}  // namespace

std::optional<Condition> build_changed(ConditionContext& context) {
  const Duration window = read_window(context.reader, context.key, std::chrono::hours(1), context);
  const std::string label = free_label(context);
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.expr = "changes(" + context.metric.to_string() + window_text(window) + ") > 0";
  condition.range = window;
  condition.text = "has changed within " + format_duration(window);
  if (!label.empty()) {
    condition.expr += "\nor\n" + appeared(context, window);
    condition.range = window * 2;
    condition.text = "has changed, or has a new series, within " + format_duration(window);
  }
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (labels) {
    const ChangedTests tests(context, window, *labels);
    condition.tests.push_back(tests.of_value());
    if (!label.empty()) {
      const RuleLabels other = with_label(*labels, label, "another");
      condition.tests.push_back(tests.of_series(other));
      condition.tests.push_back(tests.of_start(other));
    }
  }
  return condition;
}

}  // namespace leeway
