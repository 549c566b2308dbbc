#include "agent/sketches/frozen_scale.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "agent/sketches/normal.h"

namespace leeway {
namespace {

// Values and scores are clamped to these, so that no sum of squares overflows.
constexpr double kLargestValue = 1e140;
constexpr double kLargestScore = 1e6;
constexpr double kLargestCount = 1e15;  // up to here doubles are exact
// A constant reference, but for rounding, is treated as having this deviation, relative to its mean: any other value is
// far away.
constexpr double kConstantDeviation = 1e-9;
constexpr double kRounding = std::numeric_limits<double>::epsilon();

// The grid over the reference lies between the rows at these shares.
constexpr std::size_t kFewestGridCells = 1024;
constexpr std::size_t kRowsPerGridCell = 2;
constexpr double kGridFrom = 0.01;
constexpr double kGridTo = 0.99;
// In cells of up to this many rows, always this many are compared with the value: no branch depends on their number.
constexpr std::size_t kCompared = 8;

// The finaliser of splitmix64.
std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58'476D'1CE4'E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D0'49BB'1331'11EB;
  return bits ^ (bits >> 31);
}

// In (0, 1), from the numbers alone. 32 bits, so that it stays below 1 when rows are added.
double random_place(std::uint64_t seed, std::uint64_t index) {
  return (static_cast<double>(mix(seed + (index + 1) * 0x9E37'79B9'7F4A'7C15) >> 32) + 0.5) * 0x1p-32;
}

}  // namespace

double FrozenScale::deviation() const { return std::sqrt(mean_.squares() / (static_cast<double>(rows_) - 1)); }

void FrozenScale::capture(double value) {
  value = std::clamp(value, -kLargestValue, kLargestValue);
  ++rows_;
  seed_ = mix(seed_ ^ std::bit_cast<std::uint64_t>(value));
  mean_.add(value, static_cast<double>(rows_));
  if (kind_ == ScaleKind::kProbability) {
    kept_.push_back(value);
  }
  if (frozen()) {
    freeze();
  }
}

bool FrozenScale::takes(double value) const {
  switch (kind_) {
    case ScaleKind::kFlags:
      return value == 0 || value == 1;
    case ScaleKind::kCounts:
      return value >= 0 && value <= kLargestCount && value == std::floor(value);
    default:
      return true;
  }
}

double FrozenScale::model_mean() const {
  const double half = 0.5 / static_cast<double>(rows_);
  return kind_ == ScaleKind::kFlags ? std::clamp(mean(), half, 1 - half) : std::max(mean(), half);
}

double FrozenScale::informative() const {
  if (kind_ != ScaleKind::kProbability) {
    return 1;
  }
  const auto end = kept_.begin() + static_cast<std::ptrdiff_t>(rows_);
  const double rows = static_cast<double>(rows_);
  // The mean score among the ties of a value is the difference of densities at their ends over their share.
  double sum = 0;
  double before = 0;  // the density where the ties begin
  for (auto begin = kept_.begin(); begin != end;) {
    const auto after = std::upper_bound(begin, end, *begin);
    const double above = static_cast<double>(after - kept_.begin()) / rows;
    const double density = after == end ? 0 : normal_density(normal_quantile(above));
    const double share = static_cast<double>(after - begin) / rows;
    sum += (before - density) * (before - density) / share;
    before = density;
    begin = after;
  }
  return sum;
}

void FrozenScale::freeze() {
  const double size = std::abs(mean());
  const double model = model_mean();
  const double spread = kind_ == ScaleKind::kFlags    ? std::sqrt(model * (1 - model))
                        : kind_ == ScaleKind::kCounts ? std::sqrt(model)
                                                      : deviation();
  inverse_ =
      1 / std::max(spread, std::max(spread > size * kRounding ? 0 : size * kConstantDeviation, 1 / kLargestValue));
  std::sort(kept_.begin(), kept_.end());
  if (kind_ == ScaleKind::kProbability) {
    make_grid();
  }
}

// The cell of a value never falls as the value grows, so rows in other cells are known to be smaller or greater.
std::size_t FrozenScale::cell_of(double value) const {
  return static_cast<std::size_t>(
      std::clamp((value - grid_start_) * cells_per_unit_, 0.0, static_cast<double>(cell_starts_.size() - 2)));
}

void FrozenScale::make_grid() {
  const double last = static_cast<double>(kept_.size() - 1);
  grid_start_ = kept_[static_cast<std::size_t>(last * kGridFrom)];
  const double width = kept_[static_cast<std::size_t>(last * kGridTo)] - grid_start_;
  const std::size_t cells = std::max(kFewestGridCells, kept_.size() / kRowsPerGridCell);
  cells_per_unit_ = width * kLargestValue > 1 ? static_cast<double>(cells) / width : 0;
  cell_starts_.assign(cells + 1, 0);
  for (const double value : kept_) {
    ++cell_starts_[cell_of(value) + 1];
  }
  std::partial_sum(cell_starts_.begin(), cell_starts_.end(), cell_starts_.begin());
  kept_.resize(kept_.size() + kCompared, std::numeric_limits<double>::infinity());
}

std::size_t FrozenScale::count_below(double value) const {
  const std::size_t cell = cell_of(value);
  const std::size_t below = cell_starts_[cell];
  const std::size_t end = cell_starts_[cell + 1];
  if (end - below > kCompared) {
    const auto first = kept_.begin();
    return static_cast<std::size_t>(
        std::lower_bound(first + static_cast<std::ptrdiff_t>(below), first + static_cast<std::ptrdiff_t>(end), value) -
        first);
  }
  // Rows of later cells are not smaller.
  std::size_t smaller = 0;
  for (std::size_t i = 0; i < kCompared; ++i) {
    smaller += static_cast<std::size_t>(kept_[below + i] < value);
  }
  return below + smaller;
}

double FrozenScale::score(double value, std::uint64_t index) const {
  value = std::clamp(value, -kLargestValue, kLargestValue);
  if (kind_ == ScaleKind::kZ) {
    return std::clamp(mean_.distance(value) * inverse_, -kFurthest, kFurthest);
  }
  if (kind_ != ScaleKind::kProbability) {
    return std::clamp((value - model_mean()) * inverse_, -kLargestScore, kLargestScore);
  }
  const std::size_t below = count_below(value);
  std::size_t equal = 0;
  if (kept_[below] == value) {
    const auto from = kept_.begin() + static_cast<std::ptrdiff_t>(below);
    equal = static_cast<std::size_t>(std::upper_bound(from, kept_.end(), value) - from);
  }
  const double place = static_cast<double>(below) + random_place(seed_, index) * static_cast<double>(equal + 1);
  return normal_quantile(place / static_cast<double>(rows_ + 1));
}

void FrozenScale::save(StateWriter& out) const {
  out.u64(rows_);
  mean_.save(out);
  out.f64(std::bit_cast<double>(seed_));
  for (std::size_t i = 0; i < kept_.size() && i < rows_; ++i) {
    out.f64(kept_[i]);
  }
}

Expected<void> FrozenScale::load(StateReader& in) {
  rows_ = in.u64();
  mean_.load(in, in.version() >= kRestVersion);
  seed_ = in.version() < kSeedVersion ? 0 : std::bit_cast<std::uint64_t>(in.f64());
  bool sound = in.ok() && rows_ <= wanted_ && std::isfinite(mean()) && std::isfinite(mean_.rest()) &&
               mean_.squares() >= 0 && std::isfinite(mean_.squares());
  kept_.clear();
  for (std::uint64_t i = 0; sound && kind_ == ScaleKind::kProbability && i < rows_; ++i) {
    kept_.push_back(in.f64());
    sound = in.ok() && std::isfinite(kept_.back());
  }
  if (!sound || (frozen() && !std::is_sorted(kept_.begin(), kept_.end()))) {
    return Error{ErrorCode::kCorrupt, "saved reference is invalid"};
  }
  if (frozen()) {
    freeze();
  }
  return {};
}

}  // namespace leeway
