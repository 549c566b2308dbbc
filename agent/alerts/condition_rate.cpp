// Conditions on what happens within a window: increases and shares. Summed over a fleet.
#include <algorithm>
#include <cmath>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/nearest_word.h"
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

// `and` at least so many events in the window, where asked for.
std::string enough(const std::string& count, std::int64_t least) {
  return least > 0 ? "\nand\n" + count + " >= " + std::to_string(least) : "";
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
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = unit_of(*context.desc);
  condition.expr = amount_within(context, window) + " > " + number_text(*limit);
  condition.range = window;
  condition.text =
      "grew by more than " + limit_text(*limit, condition.value_unit) + " within " + format_duration(window);
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return condition;
  }
  Signal signal;
  signal.series = {{series_text(context.metric.metric, *labels), true}};
  const double seconds = to_seconds(window);
  signal.drive = [seconds](double level) { return std::vector<double>{level / seconds}; };
  signal.within = *limit == 0 ? 0 : within(*limit, false);
  signal.beyond = *limit == 0 ? 2 : beyond(*limit, false);
  signal.settle = window;
  signal.shortest_range = window;
  const SignalTiming timing = timing_of(context, window);
  if (*limit > 0) {
    const StrongLevel strong = strong_level(*limit, window, timing.step);
    signal.strong = strong.level;
    signal.strong_steps = strong.steps;
  } else {
    signal.strong = 60;
    signal.strong_steps = 1;
  }
  signal.firing = without_labels(*labels, summed_labels(context, *context.desc));
  condition.tests = tests_of(context, signal, window);
  if (*limit >= 1) {
    AlertTest one;
    one.name = "one event in a quiet service wakes nobody";
    one.evaluation_interval = timing.step;
    one.interval = timing.step;
    one.input = {{signal.series[0].series, SampleText().hold(0, 5).hold(1, 15).text()}};
    one.expectations = {{timing.step * 6, {}, ""}, {timing.step * 15, {}, ""}};
    condition.tests.push_back(std::move(one));
  }
  return condition;
}

std::optional<Condition> build_ratio_above(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const MetricDesc* of_desc = nullptr;
  const MetricDesc* to_desc = nullptr;
  if (!reader->has("of")) {
    reader->missing("of", "a selector for what is counted, such as 'http_requests_total{status=~\"5..\"}'");
  }
  const std::optional<Selector> of = read_selector(*reader, "of", context, of_desc);
  const std::optional<Selector> to = read_selector(*reader, "to", context, to_desc);
  const std::optional<double> limit = read_limit(*reader, "limit");
  const Duration window = read_window(*reader, "window", std::chrono::minutes(5), context);
  const std::int64_t least = reader->integer("min_count", 0, kMostEvents).value_or(0);
  reader->finish();
  if (!of || !to || !limit) {
    return std::nullopt;
  }
  if (is_counter(*of_desc) != is_counter(*to_desc)) {
    reader->error("of", "'of' and 'to' are of different types; expected two counters or two gauges");
    return std::nullopt;
  }
  const bool counters = is_counter(*of_desc);
  if (*limit < 0 || (of->metric == to->metric && *limit >= 1)) {
    reader->error("limit", "'limit' is " + number_text(*limit) + "; expected a share between 0 and 1");
  }
  const std::string wrap = counters ? "increase(" : "avg_over_time(";
  const auto sum_of = [&](const Selector& selector, const MetricDesc& desc) {
    return summed(context, desc, wrap + selector.to_string() + window_text(window) + ")");
  };
  const std::string total = sum_of(*to, *to_desc);
  Condition condition;
  condition.metrics = {of->metric};
  if (to->metric != of->metric) {
    condition.metrics.push_back(to->metric);
  }
  condition.value_unit = Unit::kRatio;
  condition.expr = sum_of(*of, *of_desc) + "\n/\n(" + total + " > 0)\n> " + number_text(*limit) + enough(total, least);
  condition.range = window;
  condition.subject = of->to_string();
  condition.text = "makes up more than " + limit_text(*limit, Unit::kRatio) + " within " + format_duration(window);
  const std::optional<SeriesPair> pair = example_pair(*of, *of_desc, *to, *to_desc);
  if (!pair || without_labels(pair->of, summed_labels(context, *of_desc)) !=
                   without_labels(pair->rest, summed_labels(context, *to_desc))) {
    return condition;  // no series are known that would be divided by one another
  }
  Signal signal;
  signal.series = {{series_text(of->metric, pair->of), counters}, {series_text(to->metric, pair->rest), counters}};
  // Enough of them for any min_count, and so that shares of a thousandth are whole numbers.
  const double rate = std::max(1000.0, static_cast<double>(least) * 4 / to_seconds(window));
  const bool shared = pair->of_counts_in_all;
  signal.drive = [rate, shared](double level) {
    return std::vector<double>{level * rate, shared ? (1 - level) * rate : rate};
  };
  signal.within = *limit == 0 ? 0 : within(*limit, false);
  signal.beyond = shared ? std::min(beyond(*limit, false), (*limit + 1) / 2) : beyond(*limit, false);
  signal.settle = window;
  signal.shortest_range = window;
  const SignalTiming timing = timing_of(context, window);
  if (*limit > 0) {
    const StrongLevel strong = strong_level(*limit, window, timing.step);
    if (strong.level < 1 || !shared) {
      signal.strong = strong.level;
      signal.strong_steps = strong.steps;
    }
  }
  // Both sides lose the labels of their own metric; what they lose alone would stay on the other.
  signal.firing = without_labels(pair->of, summed_labels(context, *of_desc));
  condition.tests = tests_of(context, signal, window);
  if (counters && least > 1) {
    AlertTest few;
    few.name = "too few events: quiet, though all of them count";
    few.evaluation_interval = timing.step;
    few.interval = timing.step / 4;
    const double a_sample = static_cast<double>(least) * 0.95 * to_seconds(few.interval) / to_seconds(window);
    const int steps = static_cast<int>((window + context.hold) / timing.step) + 3;
    few.input = {{signal.series[0].series, SampleText().hold(0, 1).ramp(a_sample, steps * 4).text()}};
    if (!shared) {
      few.input.push_back({signal.series[1].series, SampleText().hold(0, 1).ramp(a_sample, steps * 4).text()});
    }
    few.expectations = {{timing.step * 2, {}, ""}, {timing.step * steps, {}, ""}};
    AlertTest just = few;
    just.name = "just enough events: fires";
    just.state_only = true;
    for (InputSeries& input : just.input) {
      input.values = SampleText().hold(0, 1).ramp(a_sample / 0.95 * 1.05, steps * 4).text();
    }
    just.expectations = {{timing.step * steps, {{signal.firing, 1}}, ""}};
    condition.tests.push_back(std::move(few));
    condition.tests.push_back(std::move(just));
  }
  return condition;
}

}  // namespace leeway
