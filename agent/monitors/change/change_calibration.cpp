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
// From here on, errors of a linear forecast of z are far from independent: with lognormal values of a correlation of
// .5, whose scores have a skewness of 2.5, alarms come twice as often as configured.
constexpr double kSkewed = 1;
constexpr double kDependent = 0.1;  // the correlation of neighbours
constexpr std::string_view kHardlyAnyEvents =
    "it has fewer than 5 of the rarer flag, or fewer than 5 events; expected more 'first_rows'";
constexpr std::string_view kSkewedAndDependent =
    "its values are skewed and depend on those before them, with which scale = \"z\" alarms too often; expected "
    "scale = \"probability\"";

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

double skewness_of(std::span<const double> numbers) {
  const Spread spread = spread_of(numbers);
  double cubes = 0;
  for (const double number : numbers) {
    cubes += std::pow(number - spread.mean, 3);
  }
  return cubes / static_cast<double>(numbers.size()) / std::pow(spread.variance, 1.5);
}

// What is wrong with a reference, and what to change; empty if it is steady.
std::string_view problem_of(std::span<const double> errors, double inflation, const FrozenScale& scale) {
  if (!has_events(scale)) {
    return kHardlyAnyEvents;
  }
  if (static_cast<double>(scale.rows()) < static_cast<double>(FrozenScale::kLeastRows) * inflation) {
    return "its rows depend so much on those before them that they tell less than 100 independent ones would; expected "
           "more 'first_rows'";
  }
  const std::size_t length = errors.size() / kBlocks;
  const Spread all = spread_of(errors);
  double squares = 0;
  for (std::size_t block = 0; block < kBlocks && length > 0; ++block) {
    const double step = spread_of(errors.subspan(block * length, length)).mean - all.mean;
    squares += step * step * static_cast<double>(length);
  }
  return squares <= kBlocksQuantile * all.variance
             ? ""
             : "it has a trend or a cycle; expected values without it, or a 'segment' for each part of the cycle";
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

// What the rows of a reference tell about their scores.
struct ReferenceFit {
  std::vector<double> errors;  // of the forecasts of scores
  std::vector<double> coefficients;
  Whitening whitening;  // that has seen the reference
  double gain = 1;      // of a shift by one standard deviation
  double autocorrelation = 0;
  std::string_view problem;
};

// None if nothing is known of the rows, or they are constant.
std::optional<ReferenceFit> fit_reference(const ChangeGoals& goals, const FrozenScale& scale,
                                          std::span<const double> rows) {
  ReferenceFit fit;
  fit.errors = scores_of(scale, rows);
  const std::vector<double> correlations = autocorrelations(fit.errors);
  if (correlations.empty()) {
    return std::nullopt;
  }
  const Spread spread = spread_of(fit.errors);
  const bool own_model = has_model(goals.scale);
  fit.coefficients = fit_autoregression(correlations, rows.size(), own_model ? 0 : 1);
  fit.autocorrelation = correlations.front();
  const bool doubtful_z = goals.scale == ScaleKind::kZ && !fit.coefficients.empty() &&
                          std::abs(fit.autocorrelation) >= kDependent && std::abs(skewness_of(fit.errors)) >= kSkewed;
  if (!own_model || !fit.coefficients.empty()) {
    // Scores of ranks have mean 0 and variance 1 by themselves.
    const bool known = goals.scale == ScaleKind::kProbability;
    const double variance = (known ? 1 : spread.variance) * left_by(fit.coefficients, correlations);
    fit.whitening = Whitening(known ? 0 : spread.mean, std::sqrt(variance), fit.coefficients);
  }
  std::transform(fit.errors.begin(), fit.errors.end(), fit.errors.begin(),
                 [&](double score) { return fit.whitening.next(score); });
  const double deviation = goals.scale == ScaleKind::kZ ? std::sqrt(spread.variance) : 1;
  fit.gain = fit.whitening.gain() * deviation;
  fit.problem = problem_of(fit.errors, 1 / (fit.gain * fit.gain), scale);
  if (fit.problem.empty() && doubtful_z) {
    fit.problem = kSkewedAndDependent;
  }
  return fit;
}

}  // namespace

std::string_view reference_problem(const ChangeGoals& goals, const FrozenScale& scale, std::span<const double> rows) {
  const std::optional<ReferenceFit> fit = fit_reference(goals, scale, rows);
  return fit ? fit->problem : rows.empty() || has_events(scale) ? "" : kHardlyAnyEvents;
}

ChangeCalibration calibrate_change(const ChangeGoals& goals, const FrozenScale& scale, std::span<const double> rows) {
  ChangeCalibration result;
  result.designs = goals.designs;
  result.shift = goals.shift;
  std::optional<ReferenceFit> fit = fit_reference(goals, scale, rows);
  if (!fit) {
    result.steady = rows.empty() || has_events(scale);
    return result;
  }
  result.whitening = fit->whitening;
  const double gain = fit->gain;
  result.autocorrelation = fit->autocorrelation;
  result.variance_inflation = 1 / (gain * gain);
  result.steady = fit->problem.empty();

  ChartGoal goal{goals.average_run_length, 0, goals.direction, scale.rows()};
  if (!has_model(goals.scale) || !fit->coefficients.empty()) {
    goal.fitted_inflation = static_cast<double>(fit->coefficients.size()) * result.variance_inflation;
  }
  std::optional<ScoreDistribution> distribution;
  if (goals.scale == ScaleKind::kProbability) {
    // Where the random position makes the score, errors of the reference matter less.
    goal.reference_rows = static_cast<std::uint64_t>(static_cast<double>(scale.rows()) / scale.informative());
  } else {
    distribution = distribution_of(scale, !fit->coefficients.empty(), std::move(fit->errors));
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
