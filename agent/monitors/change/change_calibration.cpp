#include "agent/monitors/change/change_calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "agent/sketches/adwin.h"
#include "agent/sketches/dependence.h"
#include "agent/sketches/run_length.h"

namespace leeway {
namespace {

constexpr double kLeastScoreShift = 0.05;  // of the scores that the detectors see
constexpr double kMostScoreShift = 4;
constexpr double kWiderShift = 1.25;  // the factor by which a shift grows that the reference is too small for
// Counts whose variance is this many standard errors from their mean are not Poisson.
constexpr double kPoissonErrors = 4;
constexpr double kFewestEvents = 5;  // with fewer, a share or a mean is not known to a factor of 2
// A reference with a trend or a cycle: the squares of the means of this many blocks are beyond the quantile .999 of
// what independent scores give, that of the chi-square distribution with one degree of freedom less.
constexpr std::size_t kBlocks = 20;
constexpr double kBlocksQuantile = 43.82;

std::vector<double> scores_of(const FrozenScale& scale, std::span<const double> rows) {
  std::vector<double> scores;
  scores.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    scores.push_back(scale.score(rows[i], i));
  }
  return scores;
}

struct Spread {
  double mean = 0;
  double variance = 0;
};

Spread spread_of(std::span<const double> numbers) {
  const double size = static_cast<double>(numbers.size());
  Spread spread;
  spread.mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / size;
  for (const double number : numbers) {
    spread.variance += (number - spread.mean) * (number - spread.mean) / size;
  }
  return spread;
}

// The part of a variance of 1 that a forecast does not explain: 1 - sum a(i) rho(i).
double left_by(std::span<const double> coefficients, std::span<const double> correlations) {
  double left = 1;
  for (std::size_t i = 0; i < coefficients.size(); ++i) {
    left -= coefficients[i] * correlations[i];
  }
  return std::max(left, 1e-6);
}

// The scores of flags and counts keep their distribution, which is known, unless they are clearly dependent.
bool has_model(ScaleKind kind) { return kind == ScaleKind::kFlags || kind == ScaleKind::kCounts; }

// Whether a reference of flags has a few of both kinds, or one of counts a few events; others always.
bool has_events(const FrozenScale& scale) {
  const double rows = static_cast<double>(scale.rows());
  const double rarer = scale.kind() == ScaleKind::kFlags ? std::min(scale.mean(), 1 - scale.mean()) : scale.mean();
  return !has_model(scale.kind()) || rarer * rows >= kFewestEvents;
}

bool is_steady(std::span<const double> errors, double inflation, const FrozenScale& scale) {
  if (!has_events(scale)) {
    return false;
  }
  if (static_cast<double>(scale.rows()) < static_cast<double>(FrozenScale::kLeastRows) * inflation) {
    return false;
  }
  const std::size_t length = errors.size() / kBlocks;
  const Spread all = spread_of(errors);
  double squares = 0;
  for (std::size_t block = 0; block < kBlocks && length > 0; ++block) {
    const double step = spread_of(errors.subspan(block * length, length)).mean - all.mean;
    squares += step * step * static_cast<double>(length);
  }
  return squares <= kBlocksQuantile * all.variance;
}

ScoreDistribution distribution_of(const FrozenScale& scale, bool whitened, std::vector<double> errors) {
  if (whitened || !has_model(scale.kind())) {
    return ScoreDistribution::of(std::move(errors));
  }
  if (scale.kind() == ScaleKind::kFlags) {
    return ScoreDistribution::of_flags(scale.model_mean());
  }
  const double dispersion = spread_of(errors).variance;
  const bool poisson = std::abs(dispersion - 1) < kPoissonErrors * std::sqrt(2 / static_cast<double>(errors.size()));
  return poisson ? ScoreDistribution::of_counts(scale.model_mean()) : ScoreDistribution::of(std::move(errors));
}

// The run length for which ADWIN has the wanted one on average over the errors of a fitted autoregression: those of the
// deviation of means. By how many times the run length changes with that deviation: its bound grows with the root of
// log(2 log(n) / delta), and the run length, in the table, as delta to the power of -1.3.
double adwin_run_length(const ChartGoal& goal) {
  const double wanted = goal.average_run_length;
  const double power = 2 * 1.3 * std::log(2 * std::log(wanted) / adwin_delta(wanted, goal.direction));
  const double variance = goal.fitted_inflation / static_cast<double>(goal.reference_rows);
  return wanted * std::exp(std::min(1.0, power * power * variance / 2));
}

std::optional<ChangeDesign> fitted_design(ChangeMethod method, const ChartGoal& goal, bool likelihood) {
  switch (method) {
    case ChangeMethod::kCusum:
    case ChangeMethod::kPageHinkley: {
      const std::optional<CusumDesign> found =
          likelihood ? design_cusum(goal, goal.scores->allowances(goal.shift)) : design_cusum(goal);
      return found ? std::optional(ChangeDesign{method, found->allowances.up, found->allowances.down, found->threshold})
                   : std::nullopt;
    }
    case ChangeMethod::kEwma: {
      const std::optional<EwmaDesign> found = design_ewma(goal);
      return found ? std::optional(ChangeDesign{method, found->smoothing, found->smoothing, found->limit})
                   : std::nullopt;
    }
    case ChangeMethod::kAdwin:
      break;
  }
  const double wanted = adwin_run_length(goal);
  const double delta = goal.scores == nullptr ? adwin_delta(wanted, goal.direction)
                                              : adwin_delta(wanted, goal.direction, goal.scores->points());
  return ChangeDesign{method, delta, delta, 1};
}

std::optional<std::vector<ChangeDesign>> design_all(const ChangeGoals& goals, const ChartGoal& goal) {
  std::vector<ChangeDesign> designs;
  for (const ChangeDesign& each : goals.designs) {
    const std::optional<ChangeDesign> found = fitted_design(each.method, goal, has_model(goals.scale));
    if (!found) {
      return std::nullopt;
    }
    designs.push_back(*found);
  }
  return designs;
}

}  // namespace

ChangeCalibration calibrate_change(const ChangeGoals& goals, const FrozenScale& scale, std::span<const double> rows) {
  ChangeCalibration result;
  result.designs = goals.designs;
  result.shift = goals.shift;
  std::vector<double> errors = scores_of(scale, rows);
  const std::vector<double> correlations = autocorrelations(errors);
  if (correlations.empty()) {  // unknown or constant values
    result.steady = rows.empty() || has_events(scale);
    return result;
  }
  const Spread spread = spread_of(errors);
  const bool own_model = has_model(goals.scale);
  const std::vector<double> coefficients = fit_autoregression(correlations, rows.size(), own_model ? 0 : 1);
  if (!own_model || !coefficients.empty()) {
    // Scores of ranks have mean 0 and variance 1 by themselves.
    const bool known = goals.scale == ScaleKind::kProbability;
    const double variance = (known ? 1 : spread.variance) * left_by(coefficients, correlations);
    result.whitening = Whitening(known ? 0 : spread.mean, std::sqrt(variance), coefficients);
  }
  // It then continues behind the reference.
  std::transform(errors.begin(), errors.end(), errors.begin(),
                 [&](double score) { return result.whitening.next(score); });
  const double deviation = goals.scale == ScaleKind::kZ ? std::sqrt(spread.variance) : 1;
  const double gain = result.whitening.gain() * deviation;  // of a shift by one standard deviation
  result.autocorrelation = correlations.front();
  result.variance_inflation = 1 / (gain * gain);
  result.steady = is_steady(errors, result.variance_inflation, scale);

  ChartGoal goal{goals.average_run_length, 0, goals.direction, scale.rows()};
  if (!own_model || !coefficients.empty()) {
    goal.fitted_inflation = static_cast<double>(coefficients.size()) * result.variance_inflation;
  }
  std::optional<ScoreDistribution> distribution;
  if (goals.scale == ScaleKind::kProbability) {
    // Where the random position makes the score, errors of the reference matter less.
    goal.reference_rows = static_cast<std::uint64_t>(static_cast<double>(scale.rows()) / scale.informative());
  } else {
    distribution = distribution_of(scale, !coefficients.empty(), std::move(errors));
    goal.scores = &*distribution;
  }
  for (; result.shift * gain <= kMostScoreShift * kWiderShift || result.shift == goals.shift;
       result.shift *= kWiderShift) {
    goal.shift = std::clamp(result.shift * gain, kLeastScoreShift, kMostScoreShift);
    if (std::optional<std::vector<ChangeDesign>> designs = design_all(goals, goal)) {
      result.designs = std::move(*designs);
      break;
    }
  }
  return result;
}

void ChangeCalibration::save(StateWriter& out) const {
  whitening.save(out);
  for (const ChangeDesign& design : designs) {
    out.f64(design.weight);
    out.f64(design.weight_down);
    out.f64(design.threshold);
  }
  out.f64(shift);
  out.f64(autocorrelation);
  out.f64(variance_inflation);
  out.u8(steady ? 1 : 0);
}

bool ChangeCalibration::load(StateReader& in) {
  bool sound = whitening.load(in);
  for (std::size_t i = 0; i < designs.size() && sound; ++i) {
    designs[i].weight = in.f64();
    designs[i].weight_down = in.f64();
    designs[i].threshold = in.f64();
    sound = std::isfinite(designs[i].weight) && std::isfinite(designs[i].weight_down) && designs[i].threshold > 0 &&
            std::isfinite(designs[i].threshold);
  }
  shift = in.f64();
  autocorrelation = in.f64();
  variance_inflation = in.f64();
  steady = in.u8() == 1;
  return sound && in.ok() && std::isfinite(shift) && std::isfinite(autocorrelation) &&
         std::isfinite(variance_inflation);
}

}  // namespace leeway
