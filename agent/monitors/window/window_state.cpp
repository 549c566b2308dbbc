#include "agent/monitors/window/window_state.h"

#include "agent/sketches/slot_ring.h"

namespace leeway {
namespace {

template <typename Cell>
class RingState final : public WindowState {
 public:
  explicit RingState(const WindowSettings& settings)
      : settings_(settings), window_(settings.step, static_cast<std::size_t>(settings.kept_steps())) {
    if (settings.usual && settings.usual->has_history()) {
      history_.emplace(settings.usual->step, static_cast<std::size_t>(settings.usual->history_steps(settings.over)));
    }
  }

  bool add(const Observation& record) override {
    const bool added = add(record, window_);
    return (history_ && add(record, *history_)) || added;
  }

  WindowReading read(TimePoint now, TimePoint first) const override {
    const std::int64_t last = slot_of_time(now, settings_.step);
    const Part window{last - settings_.steps() + 1, last};
    const TimePoint begin = begin_of_slot(window.first, settings_.step);
    const Cell cell = merged(window_, window);
    WindowReading reading;
    reading.samples = cell.count;
    reading.value = result(cell, begin, now, first);
    if (settings_.usual) {
      reading.usual = usual(window, now, first);
    }
    return reading;
  }

  void save(StateWriter& out) const override {
    window_.save(out);
    if (history_) {
      history_->save(out);
    }
  }
  bool load(StateReader& in) override { return window_.load(in) && (!history_ || history_->load(in)); }

 private:
  // Steps of a ring, both included.
  struct Part {
    std::int64_t first;
    std::int64_t last;
  };

  static bool add(const Observation& record, SlotRing<Cell>& ring) {
    Cell* const cell = ring.at(record.time);
    if (cell != nullptr) {
      cell->add(record, ring.begin());
    }
    return cell != nullptr;
  }

  static Cell merged(const SlotRing<Cell>& ring, const Part& part) {
    Cell all;
    ring.each(part.first, part.last,
              [&](std::int64_t slot, const Cell& cell) { all.merge(cell, begin_of_slot(slot, ring.width())); });
    return all;
  }

  // Of the records from `begin` to `end`.
  std::optional<double> result(const Cell& cell, TimePoint begin, TimePoint end, TimePoint first) const {
    if (cell.count < settings_.min_count && !settings_.is_zero_without_records()) {
      return std::nullopt;
    }
    const double seen = to_seconds(end - std::max(begin, first));
    return cell.result({settings_.aggregate, begin, end, seen < to_seconds(settings_.step) ? 0 : seen});
  }

  std::optional<double> usual(const Part& window, TimePoint now, TimePoint first) const {
    const WindowUsual& usual = *settings_.usual;
    switch (usual.kind) {
      case UsualKind::kConstant:
        return usual.constant;
      case UsualKind::kPrevious:
        return whole(window_, {window.first - settings_.steps(), window.first - 1}, first);
      case UsualKind::kShifted: {
        const std::int64_t last = slot_of_time(now - usual.span, usual.step);
        return whole(*history_, {last - settings_.over / usual.step + 1, last}, first);
      }
      case UsualKind::kRolling:
        break;
    }
    return rolling(begin_of_slot(window.first, settings_.step), now, first);
  }

  // Nothing if the source was not seen all of that time.
  std::optional<double> whole(const SlotRing<Cell>& ring, const Part& part, TimePoint first) const {
    const TimePoint begin = begin_of_slot(part.first, ring.width());
    return first > begin ? std::nullopt
                         : result(merged(ring, part), begin, begin_of_slot(part.last + 1, ring.width()), first);
  }

  // Of the whole steps before `begin`, where the window begins.
  std::optional<double> rolling(TimePoint begin, TimePoint now, TimePoint first) const {
    const WindowUsual& usual = *settings_.usual;
    const std::int64_t last = slot_of_time(begin, usual.step) - 1;
    const Part part{last - usual.span / usual.step + 1, last};
    const TimePoint since = begin_of_slot(part.first, usual.step);
    const TimePoint until = begin_of_slot(last + 1, usual.step);
    const Duration seen = until - std::max(since, first);
    if (seen < usual.min_history) {
      return std::nullopt;
    }
    std::optional<double> value = result(merged(*history_, part), since, until, first);
    if (value && settings_.grows_with_time()) {
      *value *= to_seconds(now - begin) / to_seconds(seen);
    }
    return value;
  }

  const WindowSettings& settings_;
  SlotRing<Cell> window_;
  std::optional<SlotRing<Cell>> history_;
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
