// Conditions on the distribution that a histogram holds, summed over a fleet. Shares are exact where the bounds are
// those of buckets; quantiles are interpolated within a bucket.
#include <algorithm>
#include <cmath>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/number_text.h"
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

void add_few_tests(const ConditionContext& context, const Signal& signal, Duration window, std::int64_t least,
                   std::vector<AlertTest>& tests) {
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
    tests.push_back(std::move(test));
  }
}

struct Quantile {
  double q;
  double limit;
  Duration window;
  std::int64_t least;  // observations in the window, or nothing fires
};

// No value after an error.
std::optional<Quantile> read_quantile(TableReader& reader, const ConditionContext& context) {
  const std::optional<double> q = read_limit(reader, "q");
  const std::optional<double> limit = read_limit(reader, "above");
  const Duration window = read_window(reader, "window", std::chrono::minutes(5), context);
  const std::int64_t least = reader.integer("min_count", 0, kMostEvents).value_or(0);
  reader.finish();
  if (!q || !limit) {
    return std::nullopt;
  }
  const std::vector<double>& bounds = context.desc->buckets;
  if (*q <= 0 || *q >= 1) {
    reader.error("q", "'q' is " + number_text(*q) + "; expected a quantile between 0 and 1 such as 0.99");
    return std::nullopt;
  }
  if (!bounds.empty() && *limit >= bounds.back()) {
    reader.error("above", "'above' is " + number_text(*limit) + ", but quantiles are told up to the largest bucket, " +
                              number_text(bounds.back()) + ", only; expected less, or a further bucket");
    return std::nullopt;
  }
  return Quantile{*q, *limit, window, least};
}

Condition quantile_condition(const ConditionContext& context, const Quantile& quantile) {
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = unit_of(*context.desc);
  const std::string rates = "rate(" + context.metric.to_string("_bucket") + window_text(quantile.window) + ")";
  condition.expr = "histogram_quantile(" + number_text(quantile.q) + ", " + summed(context, *context.desc, rates) +
                   ")\n> " + number_text(quantile.limit) +
                   and_at_least(observations(context, quantile.window), quantile.least);
  condition.range = quantile.window;
  condition.threshold = quantile.limit;
  condition.text = "has a p" + number_text(without_noise(quantile.q * 100)) + " above " +
                   limit_text(quantile.limit, condition.value_unit);
  return condition;
}

std::vector<AlertTest> quantile_tests(const ConditionContext& context, const Quantile& quantile) {
  const std::vector<double>& bounds = context.desc->buckets;
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels || bounds.empty() || quantile.limit <= 0) {
    return {};
  }
  Signal signal;
  signal.series = histogram_series(context, *labels);
  signal.drive = [bounds, q = quantile.q](double level) {
    return cumulative(shares_for_quantile(bounds, q, level), kRate);
  };
  signal.within = within(quantile.limit, false);
  signal.healthy = signal.within;
  signal.beyond = std::min(beyond(quantile.limit, false), without_noise((quantile.limit + bounds.back()) / 2));
  signal.settle = quantile.window;
  signal.shortest_range = quantile.window;
  signal.firing = without_labels(*labels, summed_labels(context, *context.desc));
  set_sudden(bounds, quantile.q, quantile.limit, quantile.window, timing_of(context, quantile.window).step, signal);
  std::vector<AlertTest> tests = tests_of(context, signal, quantile.window);
  add_few_tests(context, signal, quantile.window, quantile.least, tests);
  return tests;
}

// The observations between two bounds, either of which may be left out.
struct Band {
  std::optional<double> from;
  std::optional<double> to;
  double limit;
  Duration window;
  std::int64_t least;  // observations in the window, or nothing fires
};

bool check_bound(TableReader& reader, std::string_view key, std::optional<double> bound,
                 const ConditionContext& context) {
  const std::vector<double>& bounds = context.desc->buckets;
  if (!bound || is_bound(bounds, *bound)) {
    return true;
  }
  reader.error(key, "no bucket of '" + context.metric.metric + "' ends at " + number_text(*bound) +
                        "; expected one of " + bounds_text(bounds));
  return false;
}

// No value after an error.
std::optional<Band> read_band(TableReader& reader, const ConditionContext& context) {
  const auto read_bound = [&](std::string_view key) -> std::optional<double> {
    return reader.has(key) ? std::optional(reader.number(key).value_or(0)) : std::nullopt;
  };
  const std::optional<double> from = read_bound("from");
  const std::optional<double> to = read_bound("to");
  const std::optional<double> limit = read_limit(reader, "above");
  const Duration window = read_window(reader, "window", std::chrono::minutes(15), context);
  const std::int64_t least = reader.integer("min_count", 0, kMostEvents).value_or(0);
  reader.finish();
  if (!limit) {
    return std::nullopt;
  }
  if (!from && !to) {
    reader.error("from", "which share? expected 'from', 'to' or both");
    return std::nullopt;
  }
  if (!check_bound(reader, "from", from, context) || !check_bound(reader, "to", to, context)) {
    return std::nullopt;
  }
  check_reachable(reader, "above", *limit, false, Unit::kRatio);
  if (from && to && *from >= *to) {
    reader.error("to", "'to' is not above 'from'");
    return std::nullopt;
  }
  return Band{from, to, *limit, window, least};
}

// The increase of the observations inside the band.
std::string inside_of(const ConditionContext& context, const Band& band, const std::string& all) {
  const auto below = [&](double bound) {
    std::string text = summed(context, *context.desc, bucket(context, le_matcher(bound), band.window));
    // `le` is one value on each side, so it goes, or the sides would not match.
    const std::string wanted = "sum without (";
    return text.replace(text.find(wanted), wanted.size(), wanted + "le, ");
  };
  const std::string inside = band.to ? below(*band.to) : all;
  return band.from ? "(\n  " + inside + "\n  - " + below(*band.from) + "\n)" : inside;
}

std::string band_text(const Band& band, Unit unit) {
  if (!band.to) {
    return "above " + limit_text(*band.from, unit);
  }
  if (!band.from) {
    return "at or below " + limit_text(*band.to, unit);
  }
  return "between " + limit_text(*band.from, unit) + " and " + limit_text(*band.to, unit);
}

Condition band_condition(const ConditionContext& context, const Band& band) {
  const std::string all = observations(context, band.window);
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = Unit::kRatio;
  condition.expr = inside_of(context, band, all) + "\n/\n(" + all + " > 0)\n> " + number_text(band.limit) +
                   and_at_least(all, band.least);
  condition.range = band.window;
  condition.text = "lies " + band_text(band, unit_of(*context.desc)) + " in more than " +
                   limit_text(band.limit, Unit::kRatio) + " of the cases";
  return condition;
}

std::vector<AlertTest> band_tests(const ConditionContext& context, const Band& band) {
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return {};
  }
  const std::vector<double>& bounds = context.desc->buckets;
  const auto index = [&bounds](double bound) {
    return static_cast<std::size_t>(std::find(bounds.begin(), bounds.end(), bound) - bounds.begin());
  };
  const std::size_t in = band.to ? index(*band.to) : bounds.size();       // a bucket of the band
  const std::size_t out = band.from ? index(*band.from) : bounds.size();  // one that is not
  Signal signal;
  signal.series = histogram_series(context, *labels);
  signal.drive = [in, out, count = bounds.size() + 1](double level) {
    std::vector<double> shares(count, 0.0);
    shares[in] += level;
    shares[out] += 1 - level;
    return cumulative(shares, kRate);
  };
  signal.within = within(band.limit, false);
  signal.beyond = std::min(beyond(band.limit, false), (band.limit + 1) / 2);
  signal.settle = band.window;
  signal.shortest_range = band.window;
  const StrongLevel strong = strong_level(band.limit, band.window, timing_of(context, band.window).step);
  if (strong.level < 1) {
    signal.strong = strong.level;
    signal.strong_steps = strong.steps;
  }
  signal.firing = without_labels(*labels, summed_labels(context, *context.desc));
  std::vector<AlertTest> tests = tests_of(context, signal, band.window);
  add_few_tests(context, signal, band.window, band.least, tests);
  return tests;
}

}  // namespace

std::optional<Condition> build_quantile(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<Quantile> quantile = read_quantile(*reader, context);
  if (!quantile) {
    return std::nullopt;
  }
  Condition condition = quantile_condition(context, *quantile);
  condition.tests = quantile_tests(context, *quantile);
  return condition;
}

std::optional<Condition> build_share_between(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<Band> band = read_band(*reader, context);
  if (!band) {
    return std::nullopt;
  }
  Condition condition = band_condition(context, *band);
  condition.tests = band_tests(context, *band);
  return condition;
}

}  // namespace leeway
