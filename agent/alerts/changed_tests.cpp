#include "agent/alerts/changed_tests.h"

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"

namespace leeway {
namespace {

constexpr int kSamplesPerStep = 4;  // of the tests' input

class ChangedTests {
 public:
  ChangedTests(const ConditionContext& context, Duration window, RuleLabels labels)
      : context_(context), labels_(std::move(labels)), step_(timing_of(context, window).step) {
    length_ = steps(window);
    hold_ = steps(context.hold);
    keep_ = steps(context.keep_firing_for);
  }

  AlertTest of_value() const {
    AlertTest test = named("fires after a change, as long as it is in the window");
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
    AlertTest test = named("fires when a series appears, as long as that is in the window");
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
  int steps(Duration duration) const { return steps_of(duration, step_); }
  static int samples(int steps) { return steps * kSamplesPerStep; }
  std::string series(const RuleLabels& labels) const { return series_text(context_.metric.metric, labels); }
  AlertExpectation quiet(int at) const { return {step_ * at, {}, ""}; }
  AlertTest named(std::string name) const { return named_test(std::move(name), step_, step_ / kSamplesPerStep); }

  const ConditionContext& context_;
  RuleLabels labels_;
  Duration step_;
  int length_ = 0;
  int hold_ = 0;
  int keep_ = 0;
};

}  // namespace

std::vector<AlertTest> changed_tests(const ConditionContext& context, Duration window, const std::string& label) {
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return {};
  }
  const ChangedTests tests(context, window, *labels);
  std::vector<AlertTest> result = {tests.of_value()};
  if (!label.empty()) {
    const RuleLabels other = with_label(*labels, label, "another");
    result.push_back(tests.of_series(other));
    result.push_back(tests.of_start(other));
  }
  return result;
}

}  // namespace leeway
