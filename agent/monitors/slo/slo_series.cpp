#include "agent/monitors/slo/slo_series.h"

#include <numeric>

#include "agent/monitors/slo/slo_windows.h"

namespace leeway {
namespace {

constexpr std::size_t kWindowSlots = 60;
constexpr std::size_t kPeriodSlots = 720;

}  // namespace

SloSeries::SloSeries(Duration period) {
  for (const Duration width : burn_rate_windows(period)) {
    windows_.emplace_back(width, kWindowSlots);
  }
  windows_.emplace_back(period, kPeriodSlots);
}

void SloSeries::add(TimePoint time, const EventCounts& counts) {
  total_ += counts;
  for (SlidingWindow& window : windows_) {
    window.add(time, counts);
  }
}

void SloSeries::advance(TimePoint now) {
  for (SlidingWindow& window : windows_) {
    window.advance(now);
  }
}

Duration SloSeries::common_slot() const {
  Duration::rep common = 0;
  for (const SlidingWindow& window : windows_) {
    common = std::gcd(common, window.slot_width().count());
  }
  return Duration(common);
}

void SloSeries::save(StateWriter& out) const {
  out.u64(total_.events);
  out.u64(total_.bad);
  out.u64(unjudged_);
  out.u64(in_maintenance_);
  for (const SlidingWindow& window : windows_) {
    window.save(out);
  }
}

Expected<void> SloSeries::load(StateReader& in) {
  total_.events = in.u64();
  total_.bad = in.u64();
  unjudged_ = in.version() > 1 ? in.u64() : 0;
  in_maintenance_ = in.version() > 3 ? in.u64() : 0;
  for (SlidingWindow& window : windows_) {
    if (Expected<void> loaded = window.load(in); !loaded) {
      return loaded;
    }
  }
  return {};
}

}  // namespace leeway
