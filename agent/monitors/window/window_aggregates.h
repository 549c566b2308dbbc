// What a [[window]] can compute, and what each of these needs. Used by the settings and the state of windows.
#pragma once

#include <cstdint>
#include <span>

namespace leeway {

enum class WindowAggregate : std::uint8_t {
  kCount,
  kRate,
  kSum,
  kMean,
  kMin,
  kMax,
  kStddev,
  kQuantile,
  kShare,
  kRatio,
  kDistinct,
  kTop,
  kAge,
  kGap,
  kSlope,
  kDeclines,
};

// The key `value`.
enum class WindowInputKind : std::uint8_t { kNothing, kNumber, kAnything };

struct AggregateKind {
  WindowAggregate aggregate;
  const char* name;   // of the key `aggregate`
  const char* words;  // "Mean of %", with the text of `value` for %
  const char* unit;   // with which its name ends; "": that of the value
  WindowInputKind input;
  std::int64_t most_steps;  // of a window
  // What it can be compared with, besides a constant:
  bool previous = true;       // the window before
  bool shifted = true;        // that of yesterday or last week, which is kept in many steps
  bool rolling = true;        // a longer time
  bool has_window = true;     // it is of the last `over`
  bool has_samples = true;    // the number of records behind it is another number
  bool with_nothing = false;  // it has a value for a window without records
};

std::span<const AggregateKind> window_aggregates();
const AggregateKind& kind_of(WindowAggregate aggregate);

}  // namespace leeway
