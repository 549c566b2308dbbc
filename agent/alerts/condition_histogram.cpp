// Conditions on the distribution in a histogram, summed over a fleet. Shares are exact where the bounds are
// those of buckets; quantiles are interpolated within a bucket.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/histogram_tests.h"
#include "agent/alerts/reachable.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

// As clients in Go write a bound, and as Prometheus 3 stores it: 1e+06, 1e-05.
std::string go_text(double bound) {
  constexpr double kLeastPlain = 1e-4;
  constexpr double kLeastLarge = 1e6;
  const double size = std::abs(bound);
  if (size == 0 || (size >= kLeastPlain && size < kLeastLarge)) {
    return plain_number(bound);
  }
  std::array<char, kLongestNumber> buffer{};
  return {buffer.data(),
          std::to_chars(buffer.data(), buffer.data() + buffer.size(), bound, std::chars_format::scientific).ptr};
}

// Matches a bound as all versions of Prometheus store it: 2 as the page has it, where 3 writes le="1.0" for le="1".
LabelMatcher le_matcher(double bound) {
  const std::string text = plain_number(bound);
  const std::string stored = go_text(bound);
  const bool whole = text.find_first_of(".e") == std::string::npos;
  if (!whole && text == stored) {
    return {"le", "=", text};
  }
  const auto quoted = [](const std::string& number) {
    std::string pattern;
    for (const char c : number) {
      pattern += c == '.' || c == '+' ? "\\" : "";
      pattern += c;
    }
    return pattern;
  };
  return {"le", "=~", (whole ? text + "(\\.0)?" : quoted(text)) + (text == stored ? "" : "|" + quoted(stored))};
}

// The increase of each bucket.
std::string bucket_increase(const ConditionContext& context, const std::vector<LabelMatcher>& le, Duration window) {
  Selector selector = context.metric;
  selector.metric += "_bucket";
  selector.matchers.insert(selector.matchers.end(), le.begin(), le.end());
  return increase_text(context, selector, *context.desc, window);
}

// Summed as the condition is. `le` has one value on each side of an operation, so it is removed; otherwise the sides
// would not match.
std::string summed_bucket(const ConditionContext& context, const LabelMatcher& le, Duration window) {
  std::string text = summed(context, *context.desc, bucket_increase(context, {le}, window));
  const std::string wanted = "sum without (";
  return text.replace(text.find(wanted), wanted.size(), wanted + "le, ");
}

// Not _count, which a histogram of negative values does not have in OpenMetrics.
std::string observations(const ConditionContext& context, Duration window) {
  return summed_bucket(context, {"le", "=", "+Inf"}, window);
}

std::string bounds_text(const std::vector<double>& bounds) {
  std::string text;
  for (const double bound : bounds) {
    text += (text.empty() ? "" : ", ") + number_text(bound);
  }
  return text;
}

// A quantile is interpolated in the bucket that holds it: where the limit is inside a wide one, values on either side
// of it read the same.
void warn_of_wide_bucket(TableReader& reader, const Quantile& quantile, const ConditionContext& context) {
  constexpr double kError = 0.1;  // of the limit, which hardly anybody would notice
  const std::vector<double>& bounds = context.desc->buckets;
  const double limit = quantile.limit;
  const auto upper = std::lower_bound(bounds.begin(), bounds.end(), limit);
  if (upper == bounds.end() || *upper == limit) {
    return;
  }
  const double lower = upper != bounds.begin() ? *(upper - 1) : std::min(0.0, limit);
  if (*upper - limit <= kError * std::abs(limit) && limit - lower <= kError * std::abs(limit)) {
    return;
  }
  const std::string low = number_text(lower);
  const std::string high = number_text(*upper);
  reader.diagnostics().warning(reader.position("above"),
                               reader.what() + ": 'above' is " + number_text(limit) + ", inside the bucket from " +
                                   low + " to " + high + " of '" + context.metric.metric +
                                   "': whether all values are just above " + low + " or just below " + high + ", p" +
                                   number_text(without_noise(quantile.q * 100)) + " reads " +
                                   number_text(without_noise(lower + (*upper - lower) * quantile.q)) + "; expected " +
                                   number_text(limit) + " in its `buckets`, or a limit that is there");
}

// No value after an error.
std::optional<Quantile> read_quantile(TableReader& reader, const ConditionContext& context) {
  const std::optional<double> q = read_limit(reader, "q");
  const std::optional<double> limit = read_limit(reader, "above");
  const Duration window = read_window(reader, "window", std::chrono::minutes(5), context);
  const LeastEvents least = read_least_events(reader, q ? without_noise(1 - *q) : 0);
  reader.report_unused_keys();
  if (!q || !limit) {
    return std::nullopt;
  }
  const std::vector<double>& bounds = context.desc->buckets;
  if (*q <= 0 || *q >= 1) {
    reader.error("q", "'q' is " + number_text(*q) + "; expected a quantile between 0 and 1 such as 0.99");
    return std::nullopt;
  }
  if (!bounds.empty() && *limit >= bounds.back()) {
    reader.error("above", "'above' is " + number_text(*limit) +
                              ", but quantiles are known only up to the largest bucket, " + number_text(bounds.back()) +
                              "; expected less, or a further bucket");
    return std::nullopt;
  }
  if (least.bad > 1 && !bounds.empty() && !is_bound(bounds, *limit)) {
    reader.error("min_bad_events",
                 "observations above " + number_text(*limit) +
                     " are not counted, because no bucket ends there; expected 'above' to be one of " +
                     bounds_text(bounds));
    return std::nullopt;
  }
  const Quantile quantile{*q, *limit, window, least};
  warn_of_wide_bucket(reader, quantile, context);
  return quantile;
}

// The increase of the observations above the limit, where a bucket ends there.
std::string above_limit(const ConditionContext& context, const Quantile& quantile) {
  return "(\n  " + observations(context, quantile.window) + "\n  - " +
         summed_bucket(context, le_matcher(quantile.limit), quantile.window) + "\n)";
}

Condition quantile_condition(const ConditionContext& context, const Quantile& quantile) {
  Condition condition = about_metric(context);
  const std::string amounts = context.desc->begins_late
                                  ? bucket_increase(context, {}, quantile.window)
                                  : "rate(" + context.metric.to_string("_bucket") + window_text(quantile.window) + ")";
  condition.expr = "histogram_quantile(" + number_text(quantile.q) + ", " + summed(context, *context.desc, amounts) +
                   ")\n> " + number_text(quantile.limit) +
                   and_at_least(observations(context, quantile.window), quantile.least.all) +
                   and_at_least(above_limit(context, quantile), quantile.needs_bad() ? quantile.least.bad : 0);
  condition.range = range_with_births(*context.desc, quantile.window);
  condition.advice = birth_advice(context, *context.desc);
  condition.threshold = quantile.limit;
  condition.text = "has a p" + number_text(without_noise(quantile.q * 100)) + " above " +
                   limit_text(quantile.limit, condition.value_unit);
  condition.measured = measured_text(limit_text(quantile.limit, condition.value_unit));
  return condition;
}

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
  const LeastEvents least = read_least_events(reader, limit.value_or(0));
  reader.report_unused_keys();
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
  const auto below = [&](double bound) { return summed_bucket(context, le_matcher(bound), band.window); };
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
  Condition condition = about_metric(context);
  condition.value_unit = Unit::kRatio;
  const std::string inside = inside_of(context, band, all);
  condition.expr = inside + "\n/\n(" + all + " > 0)\n> " + number_text(band.limit) + and_at_least(all, band.least.all) +
                   and_at_least(inside, band.least.needs_bad(band.limit) ? band.least.bad : 0);
  condition.range = range_with_births(*context.desc, band.window);
  condition.advice = birth_advice(context, *context.desc);
  condition.text = "lies " + band_text(band, unit_of(*context.desc)) + " in more than " +
                   limit_text(band.limit, Unit::kRatio) + " of the cases";
  condition.measured = measured_text(limit_text(band.limit, Unit::kRatio));
  return condition;
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
