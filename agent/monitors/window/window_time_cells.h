// The cells of a window (window_cells.h) whose results depend on the times of records: gap and slope. Used by
// window_state.
#pragma once

#include <algorithm>

#include "agent/monitors/window/window_cells.h"

namespace leeway {

// gap. Gaps within a step are not seen, but those that are as long as a step are between two.
struct GapCell {
  using Total = GapCell;
  std::uint64_t count = 0;
  TimePoint first{};
  TimePoint last{};
  Duration longest{};  // between the steps that were merged

  void add(const Observation& record, TimePoint /*begin*/) {
    first = count == 0 ? record.time : std::min(first, record.time);
    last = count == 0 ? record.time : std::max(last, record.time);
    ++count;
  }
  void merge(const GapCell& other, TimePoint /*begin*/) {
    longest = std::max(longest, count == 0 ? Duration{} : other.first - last);
    first = count == 0 ? other.first : first;
    last = other.last;
    count += other.count;
  }
  bool empty() const { return count == 0; }
  std::optional<double> result(const WindowFrame& frame) const {
    if (count == 0) {
      return to_seconds(frame.end - frame.begin);
    }
    return to_seconds(std::max({longest, first - frame.begin, frame.end - last}));
  }
  void save(StateWriter& out) const {
    out.u64(count);
    out.i64(first.time_since_epoch().count());
    out.i64((last - first).count());
  }
  bool load(StateReader& in) {
    count = in.u64();
    first = TimePoint(Duration(in.i64()));
    const Duration length(in.i64());
    const bool valid = in.ok() && count > 0 && first >= kFirstPlausible && first <= kLastPlausible &&
                       length >= Duration{} && length <= std::chrono::hours(24);
    last = valid ? first + length : first;
    return valid;
  }
};

// slope. Times are hours since the origin.
struct SlopeCell {
  using Total = SlopeCell;
  std::uint64_t count = 0;
  TimePoint origin{};
  WideSum times;
  WideSum values;
  WideSum squares;   // of times
  WideSum products;  // of times and values

  static double hours(Duration duration) {
    constexpr double kSecondsOfAnHour = 3600;
    return to_seconds(duration) / kSecondsOfAnHour;
  }
  void add(const Observation& record, TimePoint begin) {
    origin = begin;
    const double time = hours(record.time - begin);
    ++count;
    times.add(time);
    values.add(record.value);
    squares.add_product(time, time);
    products.add_product(time, record.value);
  }
  void merge(const SlopeCell& other, TimePoint /*begin*/) {
    origin = count == 0 ? other.origin : origin;
    const double later = hours(other.origin - origin);
    const auto records = static_cast<double>(other.count);
    count += other.count;
    squares.add(other.squares);
    squares.add_product(2 * later, other.times);
    squares.add_product(records * later, later);
    products.add(other.products);
    products.add_product(later, other.values);
    times.add(other.times);
    times.add_product(records, later);
    values.add(other.values);
  }
  bool empty() const { return count == 0; }
  std::optional<double> result(const WindowFrame& frame) const;
  void save(StateWriter& out) const {
    out.u64(count);
    out.i64(origin.time_since_epoch().count());
    for (const WideSum* const sum : {&times, &values, &squares, &products}) {
      sum->save(out);
    }
  }
  bool load(StateReader& in) {
    count = in.u64();
    origin = TimePoint(Duration(in.i64()));
    for (WideSum* const sum : {&times, &values, &squares, &products}) {
      sum->load(in);
    }
    return in.ok() && count > 0 && origin >= kFirstPlausible && origin <= kLastPlausible;
  }
};

}  // namespace leeway
