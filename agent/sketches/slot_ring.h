// A statistic of each of the newest slots of event time, in a ring: what a sliding window is merged from. Used by
// agent/monitors/window.
//
// Slots have one width and are aligned to the Unix epoch: a time belongs to slot floor(time / width). The ring holds
// slots newest - slots + 1 ... newest, where `newest` is that of the latest time given to at(): its state is a function
// of the times and values, whatever their order, as long as none is older than the ring. A `Cell` is made empty, and
// has empty(), save() and load(), which returns false if the state is not valid.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/state_io.h"

namespace leeway {

// Rounded down.
inline std::int64_t slot_of_time(TimePoint time, Duration width) {
  const std::int64_t since = time.time_since_epoch().count();
  return since / width.count() - (since % width.count() < 0 ? 1 : 0);
}
inline TimePoint begin_of_slot(std::int64_t slot, Duration width) { return TimePoint(width * slot); }

template <typename Cell>
class SlotRing {
 public:
  SlotRing(Duration width, std::size_t slots) : width_(width), cells_(slots) {}
  SlotRing(const SlotRing&) = delete;
  SlotRing& operator=(const SlotRing&) = delete;

  // The cell of the slot of `time`, which moves the ring if it is the latest; null if the ring has passed it. O(1),
  // plus the slots passed, at most the size of the ring.
  Cell* at(TimePoint time) {
    if (time >= last_begin_ && time - last_begin_ < width_ && last_ != nullptr) {
      return last_;
    }
    const std::int64_t slot = slot_of_time(time, width_);
    move_to(slot);
    if (newest_ - slot >= size()) {
      return nullptr;
    }
    last_ = &cell(slot);
    last_begin_ = begin_of_slot(slot, width_);
    return last_;
  }

  // Of the slot of the last cell that at() gave.
  TimePoint begin() const { return last_begin_; }

  // Calls look(slot, cell) for the cells of slots `first` to `last` that are in the ring and not empty, in their order.
  template <typename Look>
  void each(std::int64_t first, std::int64_t last, Look look) const {
    if (!started_) {
      return;
    }
    last = std::min(last, newest_);
    for (std::int64_t slot = std::max(first, newest_ - size() + 1); slot <= last; ++slot) {
      if (const Cell& each = cell(slot); !each.empty()) {
        look(slot, each);
      }
    }
  }

  Duration width() const { return width_; }
  std::int64_t size() const { return static_cast<std::int64_t>(cells_.size()); }

  // The newest slot, then the cells that are not empty, each with its age.
  void save(StateWriter& out) const {
    out.u8(started_ ? 1 : 0);
    out.i64(newest_);
    std::uint64_t used = 0;
    each(newest_ - size() + 1, newest_, [&used](std::int64_t, const Cell&) { ++used; });
    out.u64(used);
    each(newest_ - size() + 1, newest_, [&](std::int64_t slot, const Cell& cell) {
      out.u64(static_cast<std::uint64_t>(newest_ - slot));
      cell.save(out);
    });
  }
  // Into an empty ring. False if the state is not valid: the ring must then be discarded.
  bool load(StateReader& in) {
    started_ = in.u8() != 0;
    newest_ = in.i64();
    constexpr std::int64_t kLargest = std::int64_t{1} << 62;
    const std::uint64_t used = in.count(2);
    std::uint64_t oldest = cells_.size();
    bool valid = newest_ < kLargest && newest_ > -kLargest && (started_ || used == 0);
    for (std::uint64_t i = 0; i < used && valid; ++i) {
      const std::uint64_t age = in.u64();
      valid = in.ok() && age < oldest;
      oldest = age;
      valid = valid && cell(newest_ - static_cast<std::int64_t>(age)).load(in);
    }
    return valid && in.ok();
  }

 private:
  const Cell& cell(std::int64_t slot) const {
    return cells_[static_cast<std::size_t>((slot % size() + size()) % size())];
  }
  Cell& cell(std::int64_t slot) { return const_cast<Cell&>(std::as_const(*this).cell(slot)); }
  void move_to(std::int64_t slot) {
    if (!started_) {
      started_ = true;
      newest_ = slot;
    }
    const std::int64_t first = std::max(newest_ + 1, slot - size() + 1);
    for (std::int64_t passed = first; passed <= slot; ++passed) {
      cell(passed) = Cell();
    }
    newest_ = std::max(newest_, slot);
  }

  Duration width_;
  std::vector<Cell> cells_;
  std::int64_t newest_ = 0;  // once started_
  bool started_ = false;
  Cell* last_ = nullptr;  // of at(): records of one time follow each other
  TimePoint last_begin_{};
};

}  // namespace leeway
