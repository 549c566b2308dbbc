#include "agent/monitors/state/held_events.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace leeway {
namespace {

// All that an event is, so that equal sets of events leave in the same order.
bool is_later(const StateEvent& left, const StateEvent& right) {
  const auto all = [](const StateEvent& event) {
    return std::tie(event.time, event.is_end, event.series, event.key, event.outcome);
  };
  return all(left) > all(right);
}

}  // namespace

void HeldEvents::push(StateEvent event) {
  events_.push_back(std::move(event));
  std::push_heap(events_.begin(), events_.end(), is_later);
}

StateEvent HeldEvents::pop() {
  std::pop_heap(events_.begin(), events_.end(), is_later);
  StateEvent event = std::move(events_.back());
  events_.pop_back();
  return event;
}

void HeldEvents::save(StateWriter& out) const {
  std::vector<StateEvent> sorted = events_;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return is_later(b, a); });
  out.u64(sorted.size());
  for (const StateEvent& event : sorted) {
    out.i64(event.time.time_since_epoch().count());
    out.u8(event.is_end ? 1 : 0);
    out.u8(static_cast<std::uint8_t>(event.outcome));
    out.u64(event.series);
    out.text(event.key);
  }
}

bool HeldEvents::load(StateReader& in, std::size_t series) {
  for (std::uint64_t left = in.count(5); left > 0 && in.ok(); --left) {
    StateEvent event;
    event.time = TimePoint(Duration(in.i64()));
    event.is_end = in.u8() != 0;
    const std::uint8_t outcome = in.u8();
    const std::uint64_t of = in.u64();
    event.key = std::string(in.text());
    if (of >= series || outcome > static_cast<std::uint8_t>(Outcome::kUnknown)) {
      return false;
    }
    event.outcome = static_cast<Outcome>(outcome);
    event.series = static_cast<Series>(of);
    push(std::move(event));
  }
  return in.ok();
}

}  // namespace leeway
