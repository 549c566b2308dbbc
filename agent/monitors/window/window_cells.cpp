#include "agent/monitors/window/window_cells.h"

#include "agent/monitors/window/window_time_cells.h"

namespace leeway {

std::optional<double> CountCell::result(const WindowFrame& frame) const {
  const auto all = static_cast<double>(count);
  if (frame.aggregate() == WindowAggregate::kCount) {
    return all;
  }
  if (frame.aggregate() == WindowAggregate::kRate) {
    // Of a time shorter than a step, chance is most of it.
    const Duration seen = frame.end - frame.begin;
    return seen < frame.settings.step ? std::nullopt : std::optional<double>(all / to_seconds(seen));
  }
  return count == 0 ? std::nullopt : std::optional<double>(static_cast<double>(hits) / all);
}

std::optional<double> SumCell::result(const WindowFrame& frame) const {
  if (count == 0) {
    return std::nullopt;
  }
  return if_finite(frame.aggregate() == WindowAggregate::kSum ? sum.value() : sum.value() / static_cast<double>(count));
}

std::optional<double> RangeCell::result(const WindowFrame& frame) const {
  if (count == 0) {
    return std::nullopt;
  }
  return frame.aggregate() == WindowAggregate::kMin ? minimum : maximum;
}

std::optional<double> SpreadCell::result(const WindowFrame& /*frame*/) const {
  if (count < 2) {
    return std::nullopt;
  }
  const auto all = static_cast<double>(count);
  return if_finite(std::sqrt(std::max(0.0, centered_sum(squares, sum, sum, all)) / (all - 1)));
}

std::optional<double> SlopeCell::result(const WindowFrame& /*frame*/) const {
  // Far below that of two times that differ by a microsecond, and above what rounding leaves.
  constexpr double kLeastSpread = 1e-20;
  const auto all = static_cast<double>(count);
  const double spread = count < 2 ? 0 : centered_sum(squares, times, times, all);
  return spread < kLeastSpread ? std::nullopt : if_finite(centered_sum(products, times, values, all) / spread);
}

}  // namespace leeway
