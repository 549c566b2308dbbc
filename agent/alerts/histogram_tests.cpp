#include "agent/alerts/histogram_tests.h"

#include <algorithm>
#include <cmath>

#include "agent/alerts/birth_tests.h"
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/number_text.h"

namespace leeway {
namespace {

constexpr double kRate = 1000;  // observations per second in tests

// Input series of the histogram's buckets: one per bound, and +Inf.
std::vector<SignalSeries> histogram_series(const ConditionContext& context, const RuleLabels& labels) {
  std::vector<SignalSeries> series;
  for (const double bound : context.desc->buckets) {
    series.push_back(
        {series_text(context.metric.metric + "_bucket", with_label(labels, "le", plain_number(bound))), true});
  }
  series.push_back({series_text(context.metric.metric + "_bucket", with_label(labels, "le", "+Inf")), true});
  return series;
}

// Rates of the series where `shares[i]` of the observations are in bucket i, the last being +Inf.
std::vector<double> cumulative(const std::vector<double>& shares, double rate) {
  std::vector<double> rates;
  double sum = 0;
  for (const double share : shares) {
    sum += share;
    rates.push_back(without_noise(sum) * rate);
  }
  return rates;
}

// Observations that are above the limit though the quantile is not.
struct Tail {
  std::size_t bucket = 0;
  double share = 0;  // less than 1 - q
};

// Shares by bucket for which the quantile q is interpolated to `value`.
std::vector<double> shares_for_quantile(const std::vector<double>& bounds, double q, double value, const Tail& tail) {
  std::vector<double> shares(bounds.size() + 1, 0.0);
  const auto at = static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin());
  const double low = at == 0 ? 0 : bounds[at - 1];
  const double position = (value - low) / (bounds[at] - low);  // within the bucket
  const double above = tail.bucket > at ? tail.share : 0;
  const double all = 1 - above;
  if (position * all <= q && at > 0) {
    const double below = (q - position * all) / (1 - position);
    shares[at - 1] = below;
    shares[at] = all - below;
    shares[tail.bucket] += above;
  } else {
    const double inside = std::min(1.0, q / position);
    shares[at] = inside;
    shares[std::max(at + 1, tail.bucket)] += 1 - inside;
  }
  return shares;
}

// From all observations in the first bucket to all in the one above the limit: the quantile passes the limit once more
// than 1 - q of the window are new, if the limit is a bound and an evaluation distinguishes before and after.
void set_sudden(const std::vector<double>& bounds, double q, double limit, Duration window, Duration step,
                Signal& signal) {
  const auto above = std::upper_bound(bounds.begin(), bounds.end(), limit);
  if (!is_bound(bounds, limit) || above == bounds.end()) {
    return;
  }
  const double steps = to_seconds(window) / to_seconds(step);
  const double crossed = steps * (1 - q);
  const double fraction = crossed - std::floor(crossed);
  constexpr double kTell = 0.03;  // of a step: well above the effect of a range's first sample
  if (fraction < kTell || fraction > 1 - kTell) {
    return;
  }
  signal.healthy = bounds.front() * q;
  signal.strong = limit + (*above - limit) * q;
  signal.strong_steps = static_cast<int>(crossed) + 1;
}

// `rates[i]` observations of each bucket a window; fires, or is quiet because there are too few.
AlertTest few_test(const ConditionContext& context, const Signal& signal, Duration window, std::string name,
                   const std::vector<double>& rates, bool fires) {
  const Duration step = timing_of(context, window).step;
  AlertTest test = named_test(std::move(name), step, std::min(step, window) / 4);
  const int steps = static_cast<int>((window + context.hold) / step) + 3;
  const int samples = static_cast<int>(step * steps / test.interval);
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const double a_sample = rates[i] / to_seconds(window) * to_seconds(test.interval);
    test.input.push_back({signal.series[i].series, SampleText().hold(0, 1).ramp(a_sample, samples).text()});
  }
  test.state_only = true;
  test.expectations = {
      {step * steps, fires ? std::vector<FiringAlert>{{signal.firing, 0}} : std::vector<FiringAlert>{}, ""}};
  return test;
}

// Slightly fewer observations than each least number, then slightly more. A share above `limit` of those in bucket
// `bad` fires, the others being in bucket `good`.
void add_few_tests(const ConditionContext& context, const Signal& signal, Duration window, const LeastEvents& least,
                   double limit, std::size_t bad, std::size_t good, std::vector<AlertTest>& tests) {
  for (const EventCase& events : cases_around(least, limit)) {
    std::vector<double> rates;
    if (least.needs_bad(limit)) {
      std::vector<double> shares(signal.series.size(), 0.0);
      shares[bad] += events.bad / events.all;
      shares[good] += 1 - events.bad / events.all;
      rates = cumulative(shares, events.all);
    } else {
      rates = signal.drive(signal.beyond);
      std::transform(rates.begin(), rates.end(), rates.begin(), [&](double rate) { return rate / kRate * events.all; });
    }
    const char* const name = events.of_bad
                                 ? (events.fires ? "just enough bad observations: fires"
                                                 : "too few bad observations: quiet, though their share is too large")
                                 : (events.fires ? "just enough observations: fires" : "too few observations: quiet");
    tests.push_back(few_test(context, signal, window, name, rates, events.fires));
  }
}

// Of a histogram whose series begin with as many observations as otherwise come in a window, at the level that fires.
void add_birth_tests(const ConditionContext& context, const Signal& signal, const RuleLabels& labels, Duration window,
                     std::vector<AlertTest>& tests) {
  if (!context.desc->begins_late) {
    return;
  }
  Birth birth{scraped_series(context, *context.desc, labels), {}, signal.firing, 0, true, window};
  const std::vector<double> rates = signal.drive(signal.beyond);
  for (std::size_t i = 0; i < rates.size(); ++i) {
    birth.series.emplace_back(signal.series[i].series, without_noise(rates[i] * to_seconds(window)));
  }
  const std::vector<AlertTest> births = birth_tests(context, birth);
  tests.insert(tests.end(), births.begin(), births.end());
}

}  // namespace

std::vector<AlertTest> quantile_tests(const ConditionContext& context, const Quantile& quantile) {
  const std::vector<double>& bounds = context.desc->buckets;
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels || bounds.empty() || quantile.limit <= 0) {
    return {};
  }
  Signal signal;
  signal.series = histogram_series(context, *labels);
  const auto above =
      static_cast<std::size_t>(std::upper_bound(bounds.begin(), bounds.end(), quantile.limit) - bounds.begin());
  const Tail tail = quantile.needs_bad() ? Tail{above, without_noise((1 - quantile.q) / 2)} : Tail{};
  signal.drive = [bounds, q = quantile.q, tail](double level) {
    return cumulative(shares_for_quantile(bounds, q, level, tail), kRate);
  };
  signal.within = within(quantile.limit, false);
  signal.healthy = signal.within;
  signal.beyond = std::min(beyond(quantile.limit, false), without_noise((quantile.limit + bounds.back()) / 2));
  signal.settle = quantile.window;
  signal.shortest_range = quantile.window;
  signal.firing = without_labels(*labels, summed_labels(context, *context.desc));
  set_sudden(bounds, quantile.q, quantile.limit, quantile.window, timing_of(context, quantile.window).step, signal);
  std::vector<AlertTest> tests = tests_of(context, signal, quantile.window);
  add_few_tests(context, signal, quantile.window, quantile.least, 1 - quantile.q, above, 0, tests);
  add_birth_tests(context, signal, *labels, quantile.window, tests);
  return tests;
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
  signal.within = band.limit == 0 ? 0 : within(band.limit, false);
  signal.beyond = std::min(beyond(band.limit, false), (band.limit + 1) / 2);
  signal.settle = band.window;
  signal.shortest_range = band.window;
  // Any share is above 0.
  const StrongLevel strong = band.limit == 0
                                 ? StrongLevel{0.5, 1}
                                 : strong_level(band.limit, band.window, timing_of(context, band.window).step);
  if (strong.level < 1) {
    signal.strong = strong.level;
    signal.strong_steps = strong.steps;
  }
  signal.firing = without_labels(*labels, summed_labels(context, *context.desc));
  std::vector<AlertTest> tests = tests_of(context, signal, band.window);
  add_few_tests(context, signal, band.window, band.least, band.limit, in, out, tests);
  add_birth_tests(context, signal, *labels, band.window, tests);
  return tests;
}

bool is_bound(const std::vector<double>& bounds, double value) {
  return std::find(bounds.begin(), bounds.end(), value) != bounds.end();
}

}  // namespace leeway
