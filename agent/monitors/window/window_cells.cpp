#include "agent/monitors/window/window_cells.h"

namespace leeway {

std::optional<double> CountCell::result(const WindowFrame& frame) const {
  const auto all = static_cast<double>(count);
  if (frame.aggregate == WindowAggregate::kCount) {
    return all;
  }
  if (frame.aggregate == WindowAggregate::kRate) {
    return frame.seconds > 0 ? std::optional<double>(all / frame.seconds) : std::nullopt;
  }
  return count == 0 ? std::nullopt : std::optional<double>(static_cast<double>(hits) / all);
}

std::optional<double> SumCell::result(const WindowFrame& frame) const {
  if (count == 0) {
    return std::nullopt;
  }
  return if_finite(frame.aggregate == WindowAggregate::kSum ? sum.value() : sum.value() / static_cast<double>(count));
}

std::optional<double> RangeCell::result(const WindowFrame& frame) const {
  if (count == 0) {
    return std::nullopt;
  }
  return frame.aggregate == WindowAggregate::kMin ? minimum : maximum;
}

}  // namespace leeway
