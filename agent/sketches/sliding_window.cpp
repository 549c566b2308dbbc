#include "agent/sketches/sliding_window.h"

#include <algorithm>

namespace leeway {

SlidingWindow::SlidingWindow(Duration width, std::size_t slots)
    : slot_width_(width / static_cast<std::int64_t>(slots)), ring_(slots) {}

std::int64_t SlidingWindow::slot_number(TimePoint time) const {
  const std::int64_t nanoseconds = time.time_since_epoch().count();
  const std::int64_t width = slot_width_.count();
  return nanoseconds / width - (nanoseconds % width < 0 ? 1 : 0);
}

EventCounts& SlidingWindow::slot(std::int64_t number) {
  const auto size = static_cast<std::int64_t>(ring_.size());
  return ring_[static_cast<std::size_t>(((number % size) + size) % size)];
}

void SlidingWindow::advance_to(std::int64_t number) {
  if (!started_) {
    started_ = true;
    current_ = number;
  }
  const auto size = static_cast<std::int64_t>(ring_.size());
  if (number - current_ >= size) {
    std::fill(ring_.begin(), ring_.end(), EventCounts{});
    sum_ = {};
    current_ = number;
  }
  while (current_ < number) {
    ++current_;
    sum_ -= slot(current_);
    slot(current_) = {};
  }
}

void SlidingWindow::advance(TimePoint now) { advance_to(slot_number(now)); }

void SlidingWindow::add(TimePoint time, const EventCounts& counts) {
  const std::int64_t number = slot_number(time);
  advance_to(number);
  if (current_ - number < static_cast<std::int64_t>(ring_.size())) {
    slot(number) += counts;
    sum_ += counts;
  }
}

// The newest slot's number, then the slots that are not empty, each with its age: mostly idle windows stay small.
void SlidingWindow::save(StateWriter& out) const {
  out.u8(started_ ? 1 : 0);
  out.i64(current_);
  const auto used = std::count_if(ring_.begin(), ring_.end(), [](const EventCounts& counts) { return counts.events; });
  out.u64(static_cast<std::uint64_t>(used));
  for (std::size_t age = 0; age < ring_.size(); ++age) {
    const EventCounts& counts = slot(current_ - static_cast<std::int64_t>(age));
    if (counts.events != 0) {
      out.u64(age);
      out.u64(counts.events);
      out.u64(counts.bad);
    }
  }
}

Expected<void> SlidingWindow::load(StateReader& in) {
  const Error corrupt{ErrorCode::kCorrupt, "saved window is invalid"};
  started_ = in.u8() != 0;
  current_ = in.i64();
  // Slot numbers come from 64-bit times: with slots of at least one nanosecond the arithmetic cannot overflow.
  constexpr std::int64_t kLargest = std::int64_t{1} << 62;
  if (current_ > kLargest || current_ < -kLargest) {
    return corrupt;
  }
  const std::uint64_t used = in.count(3);
  std::uint64_t next_age = 0;
  for (std::uint64_t i = 0; i < used; ++i) {
    const std::uint64_t age = in.u64();
    const EventCounts counts{in.u64(), in.u64()};
    if (!in.ok() || age < next_age || age >= ring_.size() || counts.bad > counts.events) {
      return corrupt;
    }
    next_age = age + 1;
    slot(current_ - static_cast<std::int64_t>(age)) = counts;
    sum_ += counts;
  }
  return in.ok() ? Expected<void>{} : Expected<void>{corrupt};
}

}  // namespace leeway
