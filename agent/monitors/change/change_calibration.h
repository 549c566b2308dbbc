// Fits the detectors of a [[change]] to a frozen reference: measures how much neighbouring values resemble each other,
// and computes limits with which the run length holds for such values. Takes up to seconds: run in the background, by
// ChangeStream.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "agent/core/state_io.h"
#include "agent/monitors/change/change_settings.h"
#include "agent/sketches/whitening.h"

namespace leeway {

struct ChangeCalibration {
  Whitening whitening;                // of the scores before they go to the detectors
  std::vector<ChangeDesign> designs;  // as in the goals
  // The shift of the values that the detectors are designed for, in standard deviations: the configured one, or a
  // greater one if the reference is too small for it.
  double shift = 0;
  double autocorrelation = 0;     // of the scores of neighbouring rows
  double variance_inflation = 1;  // of the mean of many rows, compared with independent ones
  // False if the reference is not like one stretch of a steady stream: fewer than FrozenScale::kLeastRows independent
  // rows would tell as much about its mean, it has a trend or a cycle, or hardly any flags or counts other than 0. Or
  // if its scores are z of values that are both skewed and dependent.
  bool steady = true;

  void save(StateWriter& out) const;
  // With designs of the same methods as when it was saved. False if the state is not valid.
  bool load(StateReader& in);
};

// Why a reference is not steady, and what to change; empty if it is. Takes milliseconds.
std::string_view reference_problem(const ChangeGoals& goals, const FrozenScale& scale, std::span<const double> rows);

// `rows` are those of the reference in their order, or its first ones; none if they are not known: the values are then
// taken as independent, and their scores as normal.
ChangeCalibration calibrate_change(const ChangeGoals& goals, const FrozenScale& scale, std::span<const double> rows);

}  // namespace leeway
