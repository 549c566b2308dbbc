// How many values a control chart takes on average until it alarms, and the limit that gives a desired number: the
// basis of the setting "one false alarm in 10,000 records". Used by [[change]] for CUSUM and EWMA charts.
//
// Run lengths solve the chart's integral equation L(u) = 1 + integral of L(v) dP(v | u) over the values within the
// limits: for normal scores by Gauss-Legendre quadrature (Crowder 1987 for EWMA; Page 1954, Goel and Wu 1971 for
// CUSUM); for others by a Markov chain over cells (Brook and Evans 1972), exact for the mean and variance of each step.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "agent/sketches/change_direction.h"
#include "agent/sketches/score_distribution.h"

namespace leeway {

// X' = decay X + gain score - allowance, starting at X = 0; an alarm if X' > limit. Below `floor` it is held there, or,
// if the floor is absorbing, that is an alarm too.
struct ChartProcess {
  double decay = 1;
  double gain = 1;
  double allowance = 0;
  double floor = 0;
  double limit = 1;
  bool absorbing_floor = false;
};

// One side of a CUSUM: decay 1, gain 1, floor 0.
ChartProcess cusum_process(double allowance, double threshold);
// The chart of a moving average with weight `smoothing`; one-sided charts are held at minus their limit.
ChartProcess ewma_process(double smoothing, double limit, bool two_sided);

// Mean number of scores up to and including the alarm for normal, independent scores.
double average_run_length(const ChartProcess& process, double mean, double deviation);
// The same for independent scores with that distribution.
double average_run_length(const ChartProcess& process, std::span<const ScoreShare> scores);

// The requirements of a chart.
struct ChartGoal {
  double average_run_length = 0;  // in records, 100 to 1e7
  double shift = 0;               // of the level to detect, in standard deviations, 0.2 to 4
  ChangeDirection direction = ChangeDirection::kBoth;
  // Rows from which mean and deviation were estimated, at least 100; 0: they are known.
  std::uint64_t reference_rows = 0;
  const ScoreDistribution* scores = nullptr;  // nullptr: normal; outlives the call
  // Of an autoregression that was fitted to the reference rows too, and whose errors are the scores: the number of its
  // coefficients times the inflation of the variance of means that it removes. Its error is that of a deviation. 0:
  // none.
  double fitted_inflation = 0;
};

// The limits below account for the error of estimates from `reference_rows` rows: averaged over such references, charts
// that restart after each alarm give one in `average_run_length` records. No value if there are too few rows: with a
// perfect reference the limit would mean ten times the run length. Pure functions; tens of milliseconds, up to a second
// for the smallest shifts with the longest run lengths.

// Allowance shift / 2, the best one for that shift (Moustakides 1986), or those that are given.
struct CusumDesign {
  ScoreDistribution::Allowances allowances;
  double threshold = 0;
};
std::optional<CusumDesign> design_cusum(const ChartGoal& goal);
std::optional<CusumDesign> design_cusum(const ChartGoal& goal, const ScoreDistribution::Allowances& allowances);

// The weight from a list that detects the shift soonest.
struct EwmaDesign {
  double smoothing = 0;
  double limit = 0;
};
std::optional<EwmaDesign> design_ewma(const ChartGoal& goal);

}  // namespace leeway
