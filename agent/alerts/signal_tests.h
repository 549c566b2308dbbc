// Rule tests of a typed condition from a description of its input: which series to provide so that the quantity the
// alert compares has a given level. It determines the tests that every alert has: quiet a little within the threshold,
// fires a little beyond it and at the right moment, resolves. Used by the conditions of [[alert]].
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/metrics/rule.h"

namespace leeway {

struct SignalSeries {
  std::string series;  // "name{labels}"
  bool counter = false;
};

struct Signal {
  std::vector<SignalSeries> series;
  // The value (of a gauge) or the growth per second (of a counter) of each series that gives the level. Linear
  // conditions reach the level once it has lasted for `settle`.
  std::function<std::vector<double>(double level)> drive;
  double healthy = 0;
  double within = 0;  // 5 % within the threshold: quiet
  double beyond = 0;  // 5 % beyond it: fires
  Duration settle{};
  // From healthy on, this level passes the threshold between two evaluations, `strong_steps` being the later one,
  // whichever way a range counts its first sample.
  std::optional<double> strong;
  int strong_steps = 0;
  RuleLabels firing;           // labels of the firing alert's series
  bool value_is_level = true;  // $value is the level; otherwise only the alert's state is tested
  Duration shortest_range{};   // of the ranges in the expression: samples must be much closer; 0: there is none
};

struct SignalTiming {
  Duration step = std::chrono::minutes(1);  // between evaluations
  Duration hold{};
  Duration keep_firing_for{};
};

// Evaluations every `step`, samples every `interval`; no input and no expectations yet.
AlertTest named_test(std::string name, Duration step, Duration interval);
// The least number of steps that last this long.
int steps_of(Duration duration, Duration step);

// The step between evaluations in a test of an alert with this range: at most about 200 of them.
Duration test_step(Duration evaluation_interval, Duration range);

// That of an alert without `keep_firing_for`, whose expression looks back on no range.
SignalTiming timing_of(const AlertRule& alert, Duration evaluation_interval);

std::vector<AlertTest> signal_tests(const Signal& signal, const SignalTiming& timing);

// A level at which a quantity growing evenly over `window` passes `threshold` half a step before an evaluation, and
// the number of evaluations from its onset to that one.
struct StrongLevel {
  double level;
  int steps;
};
StrongLevel strong_level(double threshold, Duration window, Duration step);

}  // namespace leeway
