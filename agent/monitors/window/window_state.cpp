#include "agent/monitors/window/window_state.h"

#include "agent/sketches/slot_ring.h"

namespace leeway {
namespace {

template <typename Cell>
class RingState final : public WindowState {
 public:
  explicit RingState(const WindowSettings& settings)
      : settings_(settings), window_(settings.step, static_cast<std::size_t>(settings.steps())) {}

  bool add(const Observation& record) override {
    Cell* const cell = window_.at(record.time);
    if (cell != nullptr) {
      cell->add(record, window_.begin());
    }
    return cell != nullptr;
  }

  WindowReading read(TimePoint now, TimePoint first) const override {
    const std::int64_t last = slot_of_time(now, settings_.step);
    const Cell cell = merged(window_, last - settings_.steps() + 1, last);
    return reading(cell, begin_of_slot(last - settings_.steps() + 1, settings_.step), now, first);
  }

  void save(StateWriter& out) const override { window_.save(out); }
  bool load(StateReader& in) override { return window_.load(in); }

 private:
  static Cell merged(const SlotRing<Cell>& ring, std::int64_t first, std::int64_t last) {
    Cell all;
    ring.each(first, last,
              [&](std::int64_t slot, const Cell& cell) { all.merge(cell, begin_of_slot(slot, ring.width())); });
    return all;
  }

  WindowReading reading(const Cell& cell, TimePoint begin, TimePoint end, TimePoint first) const {
    WindowReading reading;
    reading.samples = cell.count;
    if (cell.count >= settings_.min_count || settings_.is_zero_without_records()) {
      const double seen = to_seconds(end - std::max(begin, first));
      reading.value = cell.result({settings_.aggregate, begin, end, seen < to_seconds(settings_.step) ? 0 : seen});
    }
    return reading;
  }

  const WindowSettings& settings_;
  SlotRing<Cell> window_;
};

}  // namespace

std::unique_ptr<WindowState> make_window_state(const WindowSettings& settings) {
  switch (settings.aggregate) {
    case WindowAggregate::kSum:
    case WindowAggregate::kMean:
      return std::make_unique<RingState<SumCell>>(settings);
    case WindowAggregate::kMin:
    case WindowAggregate::kMax:
      return std::make_unique<RingState<RangeCell>>(settings);
    default:
      return std::make_unique<RingState<CountCell>>(settings);
  }
}

}  // namespace leeway
