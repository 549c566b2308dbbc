// Conditions on what happens within a window: increases, shares, and comparisons with the usual. Summed over a fleet.
#include <algorithm>
#include <cmath>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/nearest_word.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

bool is_counter(const MetricDesc& desc) { return desc.type == MetricType::kCounter; }

// What the metric did in a window: the increase of a counter, the mean of a gauge.
std::string amount(const ConditionContext& context, Duration window) {
  const std::string range = context.metric.to_string() + window_text(window);
  return summed(context, *context.desc, (is_counter(*context.desc) ? "increase(" : "avg_over_time(") + range + ")");
}

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
  return *selector;
}

// `and` at least so many events in the window, where asked for.
std::string enough(const std::string& count, std::int64_t least) {
  return least > 0 ? "\nand\n" + count + " >= " + std::to_string(least) : "";
}

constexpr std::int64_t kMostEvents = 1'000'000'000'000;

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
  condition.expr = amount(context, window) + " > " + number_text(*limit);
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
  if (!pair) {
    return condition;
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

namespace {

struct Usual {
  Duration window{};
  Duration usual{};
  double floor = 0;
};

std::optional<Usual> read_usual(TableReader& reader, const ConditionContext& context) {
  Usual usual;
  usual.window = read_window(reader, "window", std::chrono::hours(1), context);
  usual.usual = read_window(reader, "usual", std::chrono::hours(24 * 7), context);
  usual.floor = reader.number("floor").value_or(0);
  constexpr int kLeastWindows = 4;
  if (usual.usual < kLeastWindows * usual.window) {
    reader.error("usual", "'usual' is " + format_duration(usual.usual) + "; expected at least " +
                              std::to_string(kLeastWindows) + " windows of " + format_duration(usual.window) +
                              ", or the unusual would be most of the usual");
    return std::nullopt;
  }
  return usual;
}

// PromQL for what the metric usually did in a window.
std::string usual_amount(const ConditionContext& context, const Usual& usual) {
  const std::string whole = amount(context, usual.usual);
  return is_counter(*context.desc)
             ? whole + " / " + number_text(without_noise(to_seconds(usual.usual) / to_seconds(usual.window)))
             : whole;
}

// A long usual time at `base` a window, then one window at the level whose amount is `factor` times the usual one, the
// window itself included; quiet at 5 % within the factor and firing at 5 % beyond it.
void add_usual_tests(const ConditionContext& context, const Usual& usual, double factor, bool lower, double base,
                     const RuleLabels& labels, Condition& condition) {
  const SignalTiming timing = timing_of(context, usual.usual);
  const Duration step = std::min(timing.step, usual.window);
  const double windows = to_seconds(usual.usual) / to_seconds(usual.window);
  const bool counter = is_counter(*context.desc);
  const Duration interval = step / 4;
  const int history = static_cast<int>(usual.usual / interval);
  const int burst = static_cast<int>((usual.window + context.hold + step * 2) / interval);
  const double longer = to_seconds(interval) * burst / to_seconds(usual.window);  // windows in the burst
  for (const bool fires : {false, true}) {
    const double ratio = fires ? beyond(factor, lower) : within(factor, lower);
    if (windows <= ratio * longer) {
      continue;
    }
    // level = ratio * (base * (windows - longer) + level * longer) / windows
    const double level = ratio * base * (windows - longer) / (windows - ratio * longer);
    AlertTest test;
    test.name = fires ? "fires 5 % beyond the factor" : "quiet 5 % within the factor";
    test.evaluation_interval = step;
    test.interval = interval;
    const double samples = to_seconds(usual.window) / to_seconds(interval);
    SampleText text;
    if (counter) {
      text.hold(0, 1).ramp(base / samples, history).ramp(level / samples, burst);
    } else {
      text.hold(base, history + 1).hold(level, burst);
    }
    test.input = {{series_text(context.metric.metric, labels), text.text()}};
    test.state_only = true;
    const RuleLabels firing = without_labels(labels, summed_labels(context, *context.desc));
    const Duration end = interval * ((history + burst) / 4 * 4);
    test.expectations = {{interval * history, {}, ""},
                         {end, fires ? std::vector<FiringAlert>{{firing, 0}} : std::vector<FiringAlert>{}, ""}};
    condition.tests.push_back(std::move(test));
  }
}

// From the usual to `level` times it at once: fires at the evaluation after `crossed` windows, and `for`.
void add_sudden_test(const ConditionContext& context, const Usual& usual, double level, double crossed,
                     const RuleLabels& labels, Condition& condition) {
  const Duration step = std::min(timing_of(context, usual.usual).step, usual.window);
  const double at = crossed * to_seconds(usual.window) / to_seconds(step);
  constexpr double kTell = 0.1;  // of a step: more than what a range's first sample makes out
  if (crossed > 0 && (at - std::floor(at) < kTell || at - std::floor(at) > 1 - kTell)) {
    return;
  }
  const double base = std::max(1000.0, usual.floor * 2);
  const Duration interval = step / 4;
  const int samples = static_cast<int>(usual.window / interval);
  const int history = static_cast<int>(usual.usual / interval);
  const int hold = static_cast<int>((context.hold + step - Duration(1)) / step);
  const int fires = history / 4 + static_cast<int>(at) + 1 + hold;
  SampleText text;
  if (is_counter(*context.desc)) {
    text.hold(0, 1).ramp(base / samples, history).ramp(base * level / samples, (fires + 1) * 4 - history);
  } else {
    text.hold(base, history + 1).hold(base * level, (fires + 1) * 4 - history);
  }
  AlertTest test;
  test.name = "fires in time, not one evaluation before";
  test.evaluation_interval = step;
  test.interval = interval;
  test.state_only = true;
  test.input = {{series_text(context.metric.metric, labels), text.text()}};
  const RuleLabels firing = without_labels(labels, summed_labels(context, *context.desc));
  test.expectations = {{step * (fires - 1), {}, ""}, {step * fires, {{firing, 0}}, ""}};
  condition.tests.push_back(std::move(test));
}

// Far beyond the factor, but of little: `floor` keeps it quiet, and a little more does not. The floor of a drop is
// about the usual amount, of which what fell is a part.
void add_floor_tests(const ConditionContext& context, const Usual& usual, bool drop, const RuleLabels& labels,
                     Condition& condition) {
  if (usual.floor <= 0) {
    return;
  }
  const Duration step = std::min(timing_of(context, usual.usual).step, usual.window);
  const Duration interval = step / 4;
  const auto samples = static_cast<int>(usual.window / interval);
  const auto history = static_cast<int>(usual.usual / interval);
  const int hold = static_cast<int>((context.hold + step - Duration(1)) / step) * 4;
  const int length = samples + hold + 8;
  const double windows = 1.0 * history / samples;
  const double before = drop ? windows / (windows - 1.0 * (length / 4 * 4) / samples) : 0;
  const double after = drop ? 0 : 1;
  for (const bool fires : {false, true}) {
    const double unit = usual.floor * (fires ? 1.05 : 0.95);
    SampleText text;
    if (is_counter(*context.desc)) {
      text.hold(0, 1).ramp(before * unit / samples, history).ramp(after * unit / samples, length);
    } else {
      text.hold(before * unit, history + 1).hold(after * unit, length);
    }
    AlertTest test;
    test.name = fires ? "just enough to matter: fires" : "too little to matter: quiet";
    test.evaluation_interval = step;
    test.interval = interval;
    test.state_only = true;
    test.input = {{series_text(context.metric.metric, labels), text.text()}};
    const RuleLabels firing = without_labels(labels, summed_labels(context, *context.desc));
    test.expectations = {{interval * (history + length / 4 * 4),
                          fires ? std::vector<FiringAlert>{{firing, 0}} : std::vector<FiringAlert>{}, ""}};
    condition.tests.push_back(std::move(test));
  }
}

}  // namespace

std::optional<Condition> build_times_above_usual(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<double> factor = read_limit(*reader, "factor");
  const std::optional<Usual> usual = read_usual(*reader, context);
  reader->finish();
  if (!factor || !usual) {
    return std::nullopt;
  }
  const double most = to_seconds(usual->usual) / to_seconds(usual->window);
  if (*factor <= 1 || *factor >= most) {
    reader->error("factor", "'factor' is " + number_text(*factor) + "; expected more than 1 and less than " +
                                number_text(without_noise(most)) + ", the number of windows in the usual time");
    return std::nullopt;
  }
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = unit_of(*context.desc);
  const std::string now = amount(context, usual->window);
  condition.expr = now + "\n> " + number_text(*factor) + " *\n" + usual_amount(context, *usual);
  if (usual->floor > 0) {
    condition.expr += "\nand\n" + now + " >= " + number_text(usual->floor);
  }
  condition.range = usual->usual;
  condition.text = "is more than " + number_text(*factor) + " times what is usual in " + format_duration(usual->window);
  if (const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc)) {
    const double base = std::max(1000.0, usual->floor);
    add_usual_tests(context, *usual, *factor, false, base, *labels, condition);
    add_floor_tests(context, *usual, false, *labels, condition);
    add_sudden_test(context, *usual, 1000 * *factor, 0, *labels, condition);
  }
  return condition;
}

std::optional<Condition> build_drop_from_usual(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<double> share = read_limit(*reader, "share");
  const std::optional<Usual> usual = read_usual(*reader, context);
  reader->finish();
  if (!share || !usual) {
    return std::nullopt;
  }
  if (*share <= 0 || *share >= 1) {
    reader->error("share", "'share' is " + number_text(*share) +
                               "; expected the part of the usual that is gone, between 0 and 1");
    return std::nullopt;
  }
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = unit_of(*context.desc);
  const double kept = without_noise(1 - *share);
  condition.expr = amount(context, usual->window) + "\n< " + number_text(kept) + " *\n" + usual_amount(context, *usual);
  if (usual->floor > 0) {
    condition.expr += "\nand\n" + usual_amount(context, *usual) + " >= " + number_text(usual->floor);
  }
  condition.range = usual->usual;
  condition.text = "fell by more than " + limit_text(*share, Unit::kRatio) + " below what is usual in " +
                   format_duration(usual->window);
  if (const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc)) {
    add_usual_tests(context, *usual, kept, true, std::max(1000.0, usual->floor * 2), *labels, condition);
    add_floor_tests(context, *usual, true, *labels, condition);
    const double windows = to_seconds(usual->usual) / to_seconds(usual->window);
    add_sudden_test(context, *usual, 0, *share / (1 - kept / windows), *labels, condition);
  }
  return condition;
}

}  // namespace leeway
