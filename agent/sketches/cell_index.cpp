#include "agent/sketches/cell_index.h"

#include <bit>
#include <limits>

namespace leeway {
namespace {

constexpr std::size_t kLanes = 8;  // searches that run in lockstep, so that none waits for another's memory access

}  // namespace

CellIndex::CellIndex(double minimum, const std::vector<double>& edges)
    : minimum_(minimum), half_(std::bit_ceil(edges.size() + 1) / 2), edges_(edges) {
  edges_.resize(2 * half_ - 1, std::numeric_limits<double>::infinity());
}

void CellIndex::find(std::span<const double> values, std::uint32_t* cells) const {
  constexpr auto kFirst = static_cast<std::uint32_t>(ColumnReference::kBelowCell);
  const double* const edges = edges_.data();
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    const double* const value = values.data() + i;
    std::uint32_t position[kLanes] = {};  // edges that are less
    for (auto step = static_cast<std::uint32_t>(half_); step > 0; step /= 2) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        position[lane] += step & -static_cast<std::uint32_t>(edges[position[lane] + step - 1] < value[lane]);
      }
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      cells[i + lane] = kFirst + position[lane] + static_cast<std::uint32_t>(value[lane] >= minimum_);
    }
  }
  for (; i < values.size(); ++i) {
    std::uint32_t position = 0;
    for (auto step = static_cast<std::uint32_t>(half_); step > 0; step /= 2) {
      position += step & -static_cast<std::uint32_t>(edges[position + step - 1] < values[i]);
    }
    cells[i] = kFirst + position + static_cast<std::uint32_t>(values[i] >= minimum_);
  }
}

}  // namespace leeway
