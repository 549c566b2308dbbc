#include "agent/monitors/drift/drift_calibrations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "agent/sketches/window_effect.h"

namespace leeway {
namespace {

constexpr std::size_t kCalibrations = 6;  // kept at a time
constexpr double kStepsPerOctave = 2;     // of rows, between which calibrations are interpolated
constexpr std::uint64_t kDrawsAtOnce = 500;

// What one computation uses: it may outlive the column.
struct CalibrationInput {
  std::shared_ptr<const ColumnReference> reference;
  std::vector<DriftMethod> methods;
  double pseudo_count;
  std::uint64_t draws;
  std::uint64_t min_rows;

  std::vector<NullScores> compute(std::uint64_t rows, const std::atomic<bool>& cancelled) const {
    DriftScorer scorer(*reference, methods, pseudo_count);
    Calibration calibration(scorer, rows, draws);
    while (calibration.draw(kDrawsAtOnce) != 0 && !cancelled) {
    }
    std::vector<NullScores> scores = calibration.take_scores();
    if (!cancelled) {
      WindowEffect(*reference, methods, pseudo_count, min_rows).follow(scores, rows, draws, cancelled);
    }
    return scores;
  }
};

// Between which sizes, for which scores are computed, a window lies. Windows by rows have one size, those by time any.
struct Place {
  Place(std::uint64_t rows, bool by_rows) : less(rows), more(rows) {
    if (by_rows) {
      return;
    }
    const double position = kStepsPerOctave * std::log2(static_cast<double>(rows));
    const auto size_at = [](double step) {
      return static_cast<std::uint64_t>(std::llround(std::exp2(step / kStepsPerOctave)));
    };
    less = size_at(std::floor(position));
    more = size_at(std::ceil(position));
    share = position - std::floor(position);
  }
  std::uint64_t less;
  std::uint64_t more;
  double share = 0;
};

}  // namespace

bool DriftCalibrations::ready(std::uint64_t rows, Background* background) {
  const Place place(rows, settings_->step_rows != 0);
  const std::array<std::uint64_t, 2> sizes{place.less, place.more};
  const auto missing = [&] {
    return std::find_if(sizes.begin(), sizes.end(), [this](std::uint64_t size) { return !scores_.contains(size); });
  };
  while (missing() != sizes.end()) {
    if (!running_.started() && background != nullptr) {
      start(*missing(), *background);
    }
    std::optional<Computed> computed = running_.take();
    if (!computed) {
      return false;
    }
    if (scores_.size() >= kCalibrations) {
      std::erase_if(scores_,
                    [&sizes](const auto& entry) { return entry.first != sizes[0] && entry.first != sizes[1]; });
    }
    scores_.emplace(computed->rows, std::move(computed->scores));
  }
  return true;
}

std::vector<NullScores> DriftCalibrations::of(std::uint64_t rows) const {
  const Place place(rows, settings_->step_rows != 0);
  if (place.less == place.more) {
    return scores_.at(place.less);
  }
  return interpolate(scores_.at(place.less), scores_.at(place.more), place.share);
}

void DriftCalibrations::start(std::uint64_t rows, Background& background) {
  CalibrationInput input{reference_, settings_->methods_for(reference_->kind), settings_->pseudo_count,
                         settings_->draws(), settings_->min_rows};
  running_.start(background, [rows, input = std::move(input)](const std::atomic<bool>& cancelled) {
    return Computed{rows, input.compute(rows, cancelled)};
  });
}

}  // namespace leeway
