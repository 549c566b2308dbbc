// Conditions on what happens within a window: increases and shares. Summed over a fleet.
#include <algorithm>
#include <cmath>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/nearest_word.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

struct SeriesPair {
  RuleLabels of;
  RuleLabels rest;        // of the denominator's other series
  bool of_counts_in_all;  // a part of the denominator too
};

std::optional<SeriesPair> example_pair(const Selector& of, const MetricDesc& of_desc, const Selector& to,
                                       const MetricDesc& to_desc) {
  const std::optional<RuleLabels> part = example_labels(of, of_desc);
  if (!part) {
    return std::nullopt;
  }
  if (of.metric == to.metric && matches(to, *part)) {
    const std::optional<RuleLabels> rest = example_outside(to, of, of_desc);
    return rest ? std::optional(SeriesPair{*part, *rest, true}) : std::nullopt;
  }
  const std::optional<RuleLabels> rest = example_labels(to, to_desc);
  return rest && !(of.metric == to.metric && matches(of, *rest)) ? std::optional(SeriesPair{*part, *rest, false})
                                                                 : std::nullopt;
}

// A selector by the key, of a metric that exists and is of a suitable kind; where the key is absent, the alert's own.
std::optional<Selector> read_selector(TableReader& reader, std::string_view key, const ConditionContext& context,
                                      const MetricDesc*& desc) {
  const std::optional<std::string> text = reader.string(key);
  if (!text) {
    desc = context.desc;
    return context.metric;
  }
  Expected<Selector> selector = parse_selector(*text);
  if (!selector) {
    reader.error(key, "'" + std::string(key) + "': " + selector.error().message);
    return std::nullopt;
  }
  desc = context.catalog.find_metric(selector->metric);
  if (desc == nullptr || desc->type == MetricType::kHistogram) {
    reader.error(key, desc == nullptr ? "no metric is named '" + selector->metric + "'"
                                      : "'" + selector->metric + "' is a histogram; expected a counter or gauge");
    return std::nullopt;
  }
  check_labels(reader, key, *selector, *desc, context.catalog);
  return *selector;
}

struct Increase {
  double limit = 0;
  Duration window{};
};

Condition increase_condition(const ConditionContext& context, const Increase& increase) {
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = unit_of(*context.desc);
  condition.expr = amount_within(context, increase.window) + " > " + number_text(increase.limit);
  condition.range = increase.window;
  condition.text = "grew by more than " + limit_text(increase.limit, condition.value_unit) + " within " +
                   format_duration(increase.window);
  return condition;
}

Signal increase_signal(const ConditionContext& context, const Increase& increase, const RuleLabels& labels,
                       Duration step) {
  Signal signal;
  signal.series = {{series_text(context.metric.metric, labels), true}};
  const double seconds = to_seconds(increase.window);
  signal.drive = [seconds](double level) { return std::vector<double>{level / seconds}; };
  signal.within = increase.limit == 0 ? 0 : within(increase.limit, false);
  signal.beyond = increase.limit == 0 ? 2 : beyond(increase.limit, false);
  signal.settle = increase.window;
  signal.shortest_range = increase.window;
  if (increase.limit > 0) {
    const StrongLevel strong = strong_level(increase.limit, increase.window, step);
    signal.strong = strong.level;
    signal.strong_steps = strong.steps;
  } else {
    signal.strong = 60;
    signal.strong_steps = 1;
  }
  signal.firing = without_labels(labels, summed_labels(context, *context.desc));
  return signal;
}

std::vector<AlertTest> increase_tests(const ConditionContext& context, const Increase& increase) {
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return {};
  }
  const Duration step = timing_of(context, increase.window).step;
  const Signal signal = increase_signal(context, increase, *labels, step);
  std::vector<AlertTest> tests = tests_of(context, signal, increase.window);
  if (increase.limit >= 1) {
    AlertTest one;
    one.name = "one event in a quiet service wakes nobody";
    one.evaluation_interval = step;
    one.interval = step;
    one.input = {{signal.series[0].series, SampleText().hold(0, 5).hold(1, 15).text()}};
    one.expectations = {{step * 6, {}, ""}, {step * 15, {}, ""}};
    tests.push_back(std::move(one));
  }
  return tests;
}

struct Ratio {
  Selector of;
  const MetricDesc& of_desc;
  Selector to;
  const MetricDesc& to_desc;
  double limit;
  Duration window;
  std::int64_t least;  // events of `to` in the window, or nothing fires

  bool counters() const { return is_counter(of_desc); }
};

// No value after an error.
std::optional<Ratio> read_ratio(TableReader& reader, const ConditionContext& context) {
  if (!reader.has("of")) {
    reader.missing("of", "a selector for what is counted, such as 'http_requests_total{status=~\"5..\"}'");
  }
  const MetricDesc* of_desc = nullptr;
  const MetricDesc* to_desc = nullptr;
  const std::optional<Selector> of = read_selector(reader, "of", context, of_desc);
  const std::optional<Selector> to = read_selector(reader, "to", context, to_desc);
  const std::optional<double> limit = read_limit(reader, "limit");
  const Duration window = read_window(reader, "window", std::chrono::minutes(5), context);
  const std::int64_t least = reader.integer("min_count", 0, kMostEvents).value_or(0);
  reader.finish();
  if (!of || !to || !limit) {
    return std::nullopt;
  }
  if (is_counter(*of_desc) != is_counter(*to_desc)) {
    reader.error("of", "'of' and 'to' are of different types; expected two counters or two gauges");
    return std::nullopt;
  }
  if (*limit < 0 || (of->metric == to->metric && *limit >= 1)) {
    reader.error("limit", "'limit' is " + number_text(*limit) + "; expected a share between 0 and 1");
  }
  return Ratio{*of, *of_desc, *to, *to_desc, *limit, window, least};
}

Condition ratio_condition(const ConditionContext& context, const Ratio& ratio) {
  const auto sum_of = [&](const Selector& selector, const MetricDesc& desc) {
    const std::string wrap = ratio.counters() ? "increase(" : "avg_over_time(";
    return summed(context, desc, wrap + selector.to_string() + window_text(ratio.window) + ")");
  };
  const std::string total = sum_of(ratio.to, ratio.to_desc);
  Condition condition;
  condition.metrics = {ratio.of.metric};
  if (ratio.to.metric != ratio.of.metric) {
    condition.metrics.push_back(ratio.to.metric);
  }
  condition.value_unit = Unit::kRatio;
  condition.expr = sum_of(ratio.of, ratio.of_desc) + "\n/\n(" + total + " > 0)\n> " + number_text(ratio.limit) +
                   and_at_least(total, ratio.least);
  condition.range = ratio.window;
  condition.subject = ratio.of.to_string();
  condition.text =
      "makes up more than " + limit_text(ratio.limit, Unit::kRatio) + " within " + format_duration(ratio.window);
  return condition;
}

Signal ratio_signal(const ConditionContext& context, const Ratio& ratio, const SeriesPair& pair, Duration step) {
  Signal signal;
  signal.series = {{series_text(ratio.of.metric, pair.of), ratio.counters()},
                   {series_text(ratio.to.metric, pair.rest), ratio.counters()}};
  // Enough of them for any min_count, and so that shares of a thousandth are whole numbers.
  const double rate = std::max(1000.0, static_cast<double>(ratio.least) * 4 / to_seconds(ratio.window));
  const bool shared = pair.of_counts_in_all;
  signal.drive = [rate, shared](double level) {
    return std::vector<double>{level * rate, shared ? (1 - level) * rate : rate};
  };
  signal.within = ratio.limit == 0 ? 0 : within(ratio.limit, false);
  signal.beyond = shared ? std::min(beyond(ratio.limit, false), (ratio.limit + 1) / 2) : beyond(ratio.limit, false);
  signal.settle = ratio.window;
  signal.shortest_range = ratio.window;
  if (ratio.limit > 0) {
    const StrongLevel strong = strong_level(ratio.limit, ratio.window, step);
    if (strong.level < 1 || !shared) {
      signal.strong = strong.level;
      signal.strong_steps = strong.steps;
    }
  }
  // Both sides lose the labels of their own metric; what they lose alone would stay on the other.
  signal.firing = without_labels(pair.of, summed_labels(context, ratio.of_desc));
  return signal;
}

// Slightly fewer events than `min_count`, then slightly more; all of them count.
void add_few_events(const ConditionContext& context, const Ratio& ratio, const Signal& signal, bool shared,
                    Duration step, std::vector<AlertTest>& tests) {
  AlertTest few;
  few.name = "too few events: quiet, though all of them count";
  few.evaluation_interval = step;
  few.interval = step / 4;
  const double a_sample = static_cast<double>(ratio.least) * 0.95 * to_seconds(few.interval) / to_seconds(ratio.window);
  const int steps = static_cast<int>((ratio.window + context.hold) / step) + 3;
  few.input = {{signal.series[0].series, SampleText().hold(0, 1).ramp(a_sample, steps * 4).text()}};
  if (!shared) {
    few.input.push_back({signal.series[1].series, SampleText().hold(0, 1).ramp(a_sample, steps * 4).text()});
  }
  few.expectations = {{step * 2, {}, ""}, {step * steps, {}, ""}};
  AlertTest just = few;
  just.name = "just enough events: fires";
  just.state_only = true;
  for (InputSeries& input : just.input) {
    input.values = SampleText().hold(0, 1).ramp(a_sample / 0.95 * 1.05, steps * 4).text();
  }
  just.expectations = {{step * steps, {{signal.firing, 1}}, ""}};
  tests.push_back(std::move(few));
  tests.push_back(std::move(just));
}

// None where no series are known that would be divided by one another.
std::vector<AlertTest> ratio_tests(const ConditionContext& context, const Ratio& ratio) {
  const std::optional<SeriesPair> pair = example_pair(ratio.of, ratio.of_desc, ratio.to, ratio.to_desc);
  if (!pair || without_labels(pair->of, summed_labels(context, ratio.of_desc)) !=
                   without_labels(pair->rest, summed_labels(context, ratio.to_desc))) {
    return {};
  }
  const Duration step = timing_of(context, ratio.window).step;
  const Signal signal = ratio_signal(context, ratio, *pair, step);
  std::vector<AlertTest> tests = tests_of(context, signal, ratio.window);
  if (ratio.counters() && ratio.least > 1) {
    add_few_events(context, ratio, signal, pair->of_counts_in_all, step, tests);
  }
  return tests;
}

}  // namespace

std::optional<Condition> build_increase_above(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<double> limit = read_limit(*reader, "limit");
  const Duration window = read_window(*reader, "window", std::chrono::hours(1), context);
  reader->finish();
  if (!limit) {
    return std::nullopt;
  }
  if (*limit < 0) {
    reader->error("limit", "'limit' is negative; a counter never falls, so the alert would always fire");
  }
  const Increase increase{*limit, window};
  Condition condition = increase_condition(context, increase);
  condition.tests = increase_tests(context, increase);
  return condition;
}

std::optional<Condition> build_ratio_above(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<Ratio> ratio = read_ratio(*reader, context);
  if (!ratio) {
    return std::nullopt;
  }
  Condition condition = ratio_condition(context, *ratio);
  condition.tests = ratio_tests(context, *ratio);
  return condition;
}

}  // namespace leeway
