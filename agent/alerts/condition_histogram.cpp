// Conditions on the distribution that a histogram holds, summed over a fleet. Shares are exact where the bounds are
// those of buckets; quantiles are interpolated within a bucket.
#include <algorithm>
#include <cmath>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

constexpr double kRate = 1000;  // observations a second in tests

// Matches a bound as both versions of Prometheus store it: 3 writes le="1.0" for le="1".
std::string le_matcher(double bound) {
  const std::string text = number_text(bound);
  const bool whole = text.find_first_of(".e") == std::string::npos;
  return whole ? "le=~\"" + text + "(\\\\.0)?\"" : "le=" + quote_promql(text);
}

std::string bucket(const ConditionContext& context, const std::string& le, Duration window) {
  std::string selector = context.metric.to_string("_bucket");
  const bool bare = selector.back() != '}';
  selector = bare ? selector + "{" + le + "}" : selector.substr(0, selector.size() - 1) + ", " + le + "}";
  return "increase(" + selector + window_text(window) + ")";
}

std::string observations(const ConditionContext& context, Duration window) {
  return summed(context, *context.desc, "increase(" + context.metric.to_string("_count") + window_text(window) + ")");
}

// Series of the histogram's buckets and its count, for driving: one a bound, +Inf, _count.
std::vector<SignalSeries> histogram_series(const ConditionContext& context, const RuleLabels& labels) {
  std::vector<SignalSeries> series;
  for (const double bound : context.desc->buckets) {
    series.push_back(
        {series_text(context.metric.metric + "_bucket", with_label(labels, "le", number_text(bound))), true});
  }
  series.push_back({series_text(context.metric.metric + "_bucket", with_label(labels, "le", "+Inf")), true});
  series.push_back({series_text(context.metric.metric + "_count", labels), true});
  return series;
}

// Rates of the series where `shares[i]` of the observations lie in bucket i, the last being +Inf.
std::vector<double> cumulative(const std::vector<double>& shares, double rate) {
  std::vector<double> rates;
  double sum = 0;
  for (const double share : shares) {
    sum += share;
    rates.push_back(without_noise(sum) * rate);
  }
  rates.push_back(rate);  // _count
  return rates;
}

// Shares by bucket for which the quantile q is interpolated to `value`.
std::vector<double> shares_for_quantile(const std::vector<double>& bounds, double q, double value) {
  std::vector<double> shares(bounds.size() + 1, 0.0);
  const auto at = static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin());
  const double low = at == 0 ? 0 : bounds[at - 1];
  const double position = (value - low) / (bounds[at] - low);  // within the bucket
  if (position <= q && at > 0) {
    const double below = (q - position) / (1 - position);
    shares[at - 1] = below;
    shares[at] = 1 - below;
  } else {
    const double inside = std::min(1.0, q / position);
    shares[at] = inside;
    shares[at + 1] += 1 - inside;
  }
  return shares;
}

bool is_bound(const std::vector<double>& bounds, double value) {
  return std::find(bounds.begin(), bounds.end(), value) != bounds.end();
}

std::string bounds_text(const std::vector<double>& bounds) {
  std::string text;
  for (const double bound : bounds) {
    text += (text.empty() ? "" : ", ") + number_text(bound);
  }
  return text;
}

// From all observations in the first bucket to all in the one above the limit: the quantile passes the limit once more
// than 1 - q of the window are of the new kind, if the limit is a bound and an evaluation tells before from after.
void set_sudden(const std::vector<double>& bounds, double q, double limit, Duration window, Duration step,
                Signal& signal) {
  const auto above = std::upper_bound(bounds.begin(), bounds.end(), limit);
  if (!is_bound(bounds, limit) || above == bounds.end()) {
    return;
  }
  const double steps = to_seconds(window) / to_seconds(step);
  const double crossed = steps * (1 - q);
  const double fraction = crossed - std::floor(crossed);
  constexpr double kTell = 0.03;  // of a step: well above what a range's first sample can make out
  if (fraction < kTell || fraction > 1 - kTell) {
    return;
  }
  signal.healthy = bounds.front() * q;
  signal.strong = limit + (*above - limit) * q;
  signal.strong_steps = static_cast<int>(crossed) + 1;
}

void add_few_test(const ConditionContext& context, const Signal& signal, Duration window, std::int64_t least,
                  Condition& condition) {
  if (least <= 1) {
    return;
  }
  const Duration step = timing_of(context, window).step;
  for (const bool enough : {false, true}) {
    AlertTest test;
    test.name = enough ? "just enough observations: fires" : "too few observations: quiet";
    test.evaluation_interval = step;
    test.interval = std::min(step, window) / 4;
    const int steps = static_cast<int>((window + context.hold) / step) + 3;
    const int samples = static_cast<int>(step * steps / test.interval);
    const double rate = static_cast<double>(least) * (enough ? 1.05 : 0.95) / to_seconds(window);
    const std::vector<double> values = signal.drive(signal.beyond);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double a_sample = values[i] / kRate * rate * to_seconds(test.interval);
      test.input.push_back({signal.series[i].series, SampleText().hold(0, 1).ramp(a_sample, samples).text()});
    }
    test.state_only = true;
    test.expectations = {
        {step * steps, enough ? std::vector<FiringAlert>{{signal.firing, 0}} : std::vector<FiringAlert>{}, ""}};
    condition.tests.push_back(std::move(test));
  }
}

}  // namespace

std::optional<Condition> build_quantile(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<double> q = read_limit(*reader, "q");
  const std::optional<double> limit = read_limit(*reader, "above");
  const Duration window = read_window(*reader, "window", std::chrono::minutes(5), context);
  const std::int64_t least = reader->integer("min_count", 0, kMostEvents).value_or(0);
  reader->finish();
  if (!q || !limit) {
    return std::nullopt;
  }
  const std::vector<double>& bounds = context.desc->buckets;
  if (*q <= 0 || *q >= 1) {
    reader->error("q", "'q' is " + number_text(*q) + "; expected a quantile between 0 and 1 such as 0.99");
    return std::nullopt;
  }
  if (!bounds.empty() && *limit >= bounds.back()) {
    reader->error("above", "'above' is " + number_text(*limit) + ", but quantiles are told up to the largest bucket, " +
                               number_text(bounds.back()) + ", only; expected less, or a further bucket");
    return std::nullopt;
  }
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = unit_of(*context.desc);
  condition.expr =
      "histogram_quantile(" + number_text(*q) + ", " +
      summed(context, *context.desc, "rate(" + context.metric.to_string("_bucket") + window_text(window) + ")") +
      ")\n> " + number_text(*limit);
  if (least > 0) {
    condition.expr += "\nand\n" + observations(context, window) + " >= " + std::to_string(least);
  }
  condition.range = window;
  condition.threshold = *limit;
  condition.text =
      "has a p" + number_text(without_noise(*q * 100)) + " above " + limit_text(*limit, condition.value_unit);
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels || bounds.empty() || *limit <= 0) {
    return condition;
  }
  Signal signal;
  signal.series = histogram_series(context, *labels);
  const double rate = kRate;
  signal.drive = [bounds, quantile = *q, rate](double level) {
    return cumulative(shares_for_quantile(bounds, quantile, level), rate);
  };
  signal.within = within(*limit, false);
  signal.healthy = signal.within;
  signal.beyond = std::min(beyond(*limit, false), without_noise((*limit + bounds.back()) / 2));
  signal.settle = window;
  signal.shortest_range = window;
  signal.firing = without_labels(*labels, summed_labels(context, *context.desc));
  set_sudden(bounds, *q, *limit, window, timing_of(context, window).step, signal);
  condition.tests = tests_of(context, signal, window);
  add_few_test(context, signal, window, least, condition);
  return condition;
}

std::optional<Condition> build_share_between(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const bool open_below = !reader->has("from");
  const bool open_above = !reader->has("to");
  const double from = reader->number("from").value_or(0);
  const double to = reader->number("to").value_or(0);
  const std::optional<double> limit = read_limit(*reader, "above");
  const Duration window = read_window(*reader, "window", std::chrono::minutes(15), context);
  const std::int64_t least = reader->integer("min_count", 0, kMostEvents).value_or(0);
  reader->finish();
  if (!limit) {
    return std::nullopt;
  }
  const std::vector<double>& bounds = context.desc->buckets;
  if (open_below && open_above) {
    reader->error("from", "which share? expected 'from', 'to' or both");
    return std::nullopt;
  }
  for (const std::string_view key : {"from", "to"}) {
    if (!(key == "from" ? open_below : open_above) && !is_bound(bounds, key == "from" ? from : to)) {
      reader->error(key, "no bucket of '" + context.metric.metric + "' ends at " +
                             number_text(key == "from" ? from : to) + "; expected one of " + bounds_text(bounds));
      return std::nullopt;
    }
  }
  check_reachable(*reader, "above", *limit, false, Unit::kRatio);
  if (!open_below && !open_above && from >= to) {
    reader->error("to", "'to' is not above 'from'");
    return std::nullopt;
  }
  const std::string all = observations(context, window);
  std::string inside = open_above ? all : summed(context, *context.desc, bucket(context, le_matcher(to), window));
  // `le` is one value on each side, so it goes, or the sides would not match.
  const auto without_le = [](std::string text) {
    const std::string wanted = "sum without (";
    return text.replace(text.find(wanted), wanted.size(), wanted + "le, ");
  };
  inside = open_above ? inside : without_le(inside);
  if (!open_below) {
    inside = "(\n  " + inside + "\n  - " +
             without_le(summed(context, *context.desc, bucket(context, le_matcher(from), window))) + "\n)";
  }
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = Unit::kRatio;
  condition.expr = inside + "\n/\n(" + all + " > 0)\n> " + number_text(*limit);
  if (least > 0) {
    condition.expr += "\nand\n" + all + " >= " + std::to_string(least);
  }
  condition.range = window;
  const Unit unit = unit_of(*context.desc);
  condition.text = "lies " +
                   (open_above   ? "above " + limit_text(from, unit)
                    : open_below ? "at or below " + limit_text(to, unit)
                                 : "between " + limit_text(from, unit) + " and " + limit_text(to, unit)) +
                   " in more than " + limit_text(*limit, Unit::kRatio) + " of the cases";
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return condition;
  }
  Signal signal;
  signal.series = histogram_series(context, *labels);
  const auto index = [&bounds](double bound) {
    return static_cast<std::size_t>(std::find(bounds.begin(), bounds.end(), bound) - bounds.begin());
  };
  const std::size_t in = open_above ? bounds.size() : index(to);     // a bucket of the band
  const std::size_t out = open_below ? bounds.size() : index(from);  // one that is not
  const std::size_t count = bounds.size() + 1;
  const double rate = kRate;
  signal.drive = [in, out, count, rate](double level) {
    std::vector<double> shares(count, 0.0);
    shares[in] += level;
    shares[out] += 1 - level;
    return cumulative(shares, rate);
  };
  signal.within = within(*limit, false);
  signal.beyond = std::min(beyond(*limit, false), (*limit + 1) / 2);
  signal.settle = window;
  signal.shortest_range = window;
  const StrongLevel strong = strong_level(*limit, window, timing_of(context, window).step);
  if (strong.level < 1) {
    signal.strong = strong.level;
    signal.strong_steps = strong.steps;
  }
  signal.firing = without_labels(*labels, summed_labels(context, *context.desc));
  condition.tests = tests_of(context, signal, window);
  add_few_test(context, signal, window, least, condition);
  return condition;
}

}  // namespace leeway
