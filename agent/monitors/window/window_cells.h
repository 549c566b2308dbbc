// What a step of a window keeps of its records, and what that says of the whole window: one kind of cell for the
// aggregates that need the same. Used by window_state.
//
// Cells are merged into an empty `Total`, in the order of their steps, which has the result: none where its records do
// not define one.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "agent/core/clock.h"
#include "agent/core/state_io.h"
#include "agent/metrics/label_interner.h"
#include "agent/monitors/window/window_settings.h"
#include "agent/sketches/wide_sum.h"

namespace leeway {

// A record, as far as windows are concerned.
struct Observation {
  TimePoint time{};
  double value = 0;
  std::uint64_t hash = 0;          // of a value of any kind
  const Value* raw = nullptr;      // that value, of the aggregate top
  LabelInterner* texts = nullptr;  // which writes it as a label would have it
  bool hit = false;                // it is good, or within the band
};

// The time that a merged cell is about, as far as the source was there.
struct WindowFrame {
  const WindowSettings& settings;
  TimePoint begin;
  TimePoint end;

  WindowAggregate aggregate() const { return settings.aggregate; }
};

inline std::optional<double> if_finite(double number) {
  return std::isfinite(number) ? std::optional<double>(number) : std::nullopt;
}

// count, rate, share, ratio
struct CountCell {
  using Total = CountCell;
  std::uint64_t count = 0;
  std::uint64_t hits = 0;

  void add(const Observation& record, TimePoint /*begin*/) {
    ++count;
    hits += record.hit ? 1 : 0;
  }
  void merge(const CountCell& other, TimePoint /*begin*/) {
    count += other.count;
    hits += other.hits;
  }
  bool empty() const { return count == 0; }
  std::optional<double> result(const WindowFrame& frame) const;
  void save(StateWriter& out) const {
    out.u64(count);
    out.u64(hits);
  }
  bool load(StateReader& in) {
    count = in.u64();
    hits = in.u64();
    return in.ok() && hits <= count && count > 0;
  }
};

// sum, mean
struct SumCell {
  using Total = SumCell;
  std::uint64_t count = 0;
  WideSum sum;

  void add(const Observation& record, TimePoint /*begin*/) {
    ++count;
    sum.add(record.value);
  }
  void merge(const SumCell& other, TimePoint /*begin*/) {
    count += other.count;
    sum.add(other.sum);
  }
  bool empty() const { return count == 0; }
  std::optional<double> result(const WindowFrame& frame) const;
  void save(StateWriter& out) const {
    out.u64(count);
    sum.save(out);
  }
  bool load(StateReader& in) {
    count = in.u64();
    sum.load(in);
    return in.ok() && count > 0;
  }
};

// min, max
struct RangeCell {
  using Total = RangeCell;
  std::uint64_t count = 0;
  double minimum = std::numeric_limits<double>::infinity();
  double maximum = -std::numeric_limits<double>::infinity();

  void add(const Observation& record, TimePoint /*begin*/) {
    ++count;
    minimum = std::min(minimum, record.value);
    maximum = std::max(maximum, record.value);
  }
  void merge(const RangeCell& other, TimePoint /*begin*/) {
    count += other.count;
    minimum = std::min(minimum, other.minimum);
    maximum = std::max(maximum, other.maximum);
  }
  bool empty() const { return count == 0; }
  std::optional<double> result(const WindowFrame& frame) const;
  void save(StateWriter& out) const {
    out.u64(count);
    out.f64(minimum);
    out.f64(maximum);
  }
  bool load(StateReader& in) {
    count = in.u64();
    minimum = in.f64();
    maximum = in.f64();
    return in.ok() && count > 0 && minimum <= maximum;
  }
};

// stddev. Of distances from the first value: squares of values far from 0 would have no digit of their spread.
struct SpreadCell {
  using Total = SpreadCell;
  std::uint64_t count = 0;
  double origin = 0;
  WideSum sum;
  WideSum squares;

  void add(const Observation& record, TimePoint /*begin*/) {
    origin = count == 0 ? record.value : origin;
    ++count;
    WideSum distance;
    distance.add(record.value);
    distance.add(-origin);
    sum.add(distance);
    squares.add_square(distance);
  }
  void merge(const SpreadCell& other, TimePoint /*begin*/) {
    origin = count == 0 ? other.origin : origin;
    const double apart = other.origin - origin;
    const auto records = static_cast<double>(other.count);
    count += other.count;
    squares.add(other.squares);
    squares.add_product(2 * apart, other.sum);
    squares.add_product(records * apart, apart);
    sum.add(other.sum);
    sum.add_product(records, apart);
  }
  bool empty() const { return count == 0; }
  static constexpr std::uint32_t kOriginVersion = 2;  // of the monitor's encoding; earlier ones have sums of values
  // Of a sample: divided by count - 1.
  std::optional<double> result(const WindowFrame& frame) const;
  void save(StateWriter& out) const {
    out.u64(count);
    out.f64(origin);
    sum.save(out);
    squares.save(out);
  }
  bool load(StateReader& in) {
    count = in.u64();
    origin = in.version() >= kOriginVersion ? in.f64() : 0;
    sum.load(in);
    squares.load(in);
    return in.ok() && count > 0;
  }
};

}  // namespace leeway
