// What is in progress, and what became of it: keys that a start opens and an end closes, for each series. Used by the
// monitor of [[state]], which knows records and labels; this knows only events in the order in which they count.
//
// A state is a function of the events and of the times given to pass(), so that a replay gives the same.
// Single-threaded.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/metrics/series_table.h"

namespace leeway {

// How a key was closed. kUnknown: by an end that does not say how; kRestarted: by its next start; kForgotten: by time.
enum class Outcome : std::uint8_t { kSuccess, kFailure, kUnknown, kRestarted, kForgotten };
inline constexpr std::array<const char*, 5> kOutcomes{"success", "failure", "unknown", "restarted", "forgotten"};

struct StateLimits {
  Duration timeout{};  // a key that is open for so long is overdue; zero: none is
  Duration forget{};   // a key that is open for so long is closed
  std::size_t max_keys = 0;
  std::vector<double> buckets;  // of durations, in seconds, ascending
};

// Of one series.
struct SeriesProgress {
  std::array<std::uint64_t, kOutcomes.size()> ended{};  // by Outcome
  std::uint64_t timed_out = 0;                          // keys that became overdue, each once
  std::vector<std::uint64_t> durations;                 // of ends, by bucket, not cumulative
  double duration_sum = 0;                              // seconds
  TimePoint last_success = kNoTime;
  TimePoint last_failure = kNoTime;
};

struct OpenKeys {
  std::uint64_t count = 0;
  std::uint64_t overdue = 0;
  TimePoint oldest = kNoTime;  // the earliest start
};

class StateTracker {
 public:
  explicit StateTracker(StateLimits limits) : limits_(std::move(limits)) {}

  // Makes room for series below `size`.
  void resize(std::size_t size);

  // A start beyond `max_keys` open ones is only counted, and its end is an unmatched one.
  void start(Series series, std::string_view key, TimePoint time);
  // kSuccess, kFailure or kUnknown. An end before its start has a duration of 0.
  void end(Series series, std::string_view key, TimePoint time, Outcome outcome);
  // Keys become overdue, and are forgotten. `now` may go back, which changes nothing.
  void pass(TimePoint now);

  const SeriesProgress& of(Series series) const { return series_[series]; }
  // By series; takes time in proportion to the open keys.
  std::vector<OpenKeys> open() const;
  std::size_t keys() const { return keys_.size(); }
  std::uint64_t matched_ends() const;
  std::uint64_t unmatched_ends() const { return unmatched_ends_; }
  std::uint64_t overflowed_starts() const { return overflowed_starts_; }

  void save(StateWriter& out) const;
  // Into a new object with room for all series. False if what was saved is invalid.
  bool load(StateReader& in);

 private:
  struct Key {
    Series series = 0;
    std::string text;
  };
  struct KeyView {
    Series series = 0;
    std::string_view text;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const KeyView& key) const {
      return std::hash<std::string_view>()(key.text) ^ (key.series * 0x9E37'79B9'7F4A'7C15U);
    }
    std::size_t operator()(const Key& key) const { return (*this)(KeyView{key.series, key.text}); }
  };
  struct Equal {
    using is_transparent = void;
    template <typename Left, typename Right>
    bool operator()(const Left& left, const Right& right) const {
      return left.series == right.series && left.text == right.text;
    }
  };
  struct Open {
    TimePoint started = kNoTime;
    bool timed_out = false;
  };

  // When something happens to the key next.
  TimePoint due(const Open& open) const;
  void time_out(Series series, Open& open, TimePoint now);

  StateLimits limits_;
  std::vector<SeriesProgress> series_;
  std::unordered_map<Key, Open, Hash, Equal> keys_;
  TimePoint next_due_ = TimePoint::max();  // none of the keys is due before
  std::uint64_t unmatched_ends_ = 0;
  std::uint64_t overflowed_starts_ = 0;
};

}  // namespace leeway
