#include "agent/monitors/window/window_state.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "agent/monitors/window/window_ranges.h"
#include "agent/monitors/window/window_sketch_cells.h"
#include "agent/monitors/window/window_time_cells.h"
#include "agent/sketches/slot_ring.h"

namespace leeway {
namespace {

template <typename Cell>
class RingState final : public WindowState {
 public:
  using Total = typename Cell::Total;

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
    const Total total = merged(window_, window);
    WindowReading reading;
    reading.samples = total.count;
    reading.value = result(total, begin, now, first);
    if (settings_.usual) {
      reading.usual = usual(window, now, first);
    }
    return reading;
  }

  TopValues top(TimePoint now) const override {
    TopValues result;
    if constexpr (std::is_same_v<Cell, TopCell>) {
      const std::int64_t last = slot_of_time(now, settings_.step);
      const Total total = merged(window_, {last - settings_.steps() + 1, last});
      result.records = total.count;
      result.values = total.keys.top(settings_.most_values);
    }
    return result;
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

  static Total merged(const SlotRing<Cell>& ring, const Part& part) {
    Total all;
    ring.each(part.first, part.last,
              [&](std::int64_t slot, const Cell& cell) { all.merge(cell, begin_of_slot(slot, ring.width())); });
    return all;
  }

  // Of the records from `begin` to `end`.
  std::optional<double> result(const Total& total, TimePoint begin, TimePoint end, TimePoint first) const {
    if (total.count < settings_.min_count && !settings_.kind().with_nothing) {
      return std::nullopt;
    }
    return total.result({settings_, std::max(begin, first), end});
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

// age
class AgeState final : public WindowState {
 public:
  bool add(const Observation& record) override {
    last_ = std::max(last_, record.time);
    return true;
  }
  WindowReading read(TimePoint now, TimePoint /*first*/) const override {
    WindowReading reading;
    if (last_ != kNoTime) {
      reading.value = to_seconds(now - last_);
    }
    return reading;
  }
  void save(StateWriter& out) const override { out.i64(last_.time_since_epoch().count()); }
  bool load(StateReader& in) override {
    last_ = TimePoint(Duration(in.i64()));
    return in.ok();
  }

 private:
  TimePoint last_ = kNoTime;
};

// declines: the latest records, in the order of time; of one time, in that of their values.
class DeclinesState final : public WindowState {
 public:
  explicit DeclinesState(const WindowSettings& settings) : settings_(settings) { runs_.reserve(kMostRuns + 1); }

  bool add(const Observation& record) override {
    const Run run{record.time, record.value};
    const bool latest = runs_.empty() || !(run < runs_.back());
    runs_.insert(latest ? runs_.end() : std::upper_bound(runs_.begin(), runs_.end(), run), run);
    if (runs_.size() > kMostRuns) {
      runs_.erase(runs_.begin());
    }
    return true;
  }

  WindowReading read(TimePoint now, TimePoint /*first*/) const override {
    const std::int64_t first = slot_of_time(now, settings_.step) - settings_.steps() + 1;
    const Run oldest{begin_of_slot(first, settings_.step), -std::numeric_limits<double>::infinity()};
    const auto begin = std::lower_bound(runs_.begin(), runs_.end(), oldest);
    WindowReading reading;
    reading.samples = static_cast<std::uint64_t>(runs_.end() - begin);
    if (reading.samples < settings_.min_count) {
      return reading;
    }
    auto last = runs_.end() - 1;
    for (; last != begin && last->second < (last - 1)->second; --last) {
    }
    reading.value = static_cast<double>(runs_.end() - 1 - last);
    return reading;
  }

  void save(StateWriter& out) const override {
    out.u64(runs_.size());
    for (const auto& [time, value] : runs_) {
      out.i64(time.time_since_epoch().count());
      out.f64(value);
    }
  }
  bool load(StateReader& in) override {
    const std::uint64_t size = in.count(sizeof(double) + 1);
    for (std::uint64_t i = 0; i < size && size <= kMostRuns; ++i) {
      const TimePoint time{Duration(in.i64())};
      runs_.emplace_back(time, in.f64());
    }
    return in.ok() && size <= kMostRuns && std::is_sorted(runs_.begin(), runs_.end());
  }

 private:
  using Run = std::pair<TimePoint, double>;
  static constexpr std::size_t kMostRuns = kMostDecliningRuns;

  const WindowSettings& settings_;
  std::vector<Run> runs_;
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
    case WindowAggregate::kStddev:
      return std::make_unique<RingState<SpreadCell>>(settings);
    case WindowAggregate::kQuantile:
      return std::make_unique<RingState<QuantileCell>>(settings);
    case WindowAggregate::kDistinct:
      return std::make_unique<RingState<DistinctCell>>(settings);
    case WindowAggregate::kAge:
      return std::make_unique<AgeState>();
    case WindowAggregate::kTop:
      return std::make_unique<RingState<TopCell>>(settings);
    case WindowAggregate::kGap:
      return std::make_unique<RingState<GapCell>>(settings);
    case WindowAggregate::kSlope:
      return std::make_unique<RingState<SlopeCell>>(settings);
    case WindowAggregate::kDeclines:
      return std::make_unique<DeclinesState>(settings);
    default:
      return std::make_unique<RingState<CountCell>>(settings);
  }
}

}  // namespace leeway
