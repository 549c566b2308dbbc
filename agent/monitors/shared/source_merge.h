// The records of a monitor of several sources in the order of event time, however far a replay has read its sources:
// those of a source wait until the other ones are as far. Used by [[window]] and [[state]], whose results depend on
// that order. An agent that runs does not use it: nothing waits there, and nothing that waits is saved.
//
// Within a source records stay in their order: each has the latest time that its source had by then. Of records with
// one time, those of the first source are first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "agent/core/clock.h"

namespace leeway {

template <typename Record>
class SourceMerge {
 public:
  // So many records wait at most; beyond, the earliest ones do not.
  static constexpr std::size_t kMost = 65'536;

  explicit SourceMerge(std::size_t sources) : sources_(sources) {}

  // A record of the source, of whatever kind. Returns the latest time of the source.
  TimePoint see(std::size_t source, TimePoint time) {
    TimePoint& clock = sources_[source].clock;
    return clock = std::max(clock, time);
  }
  // The last one that was seen.
  void push(std::size_t source, Record record) {
    sources_[source].waiting.push_back({sources_[source].clock, std::move(record)});
    ++size_;
  }
  bool is_full() const { return size_ >= kMost; }
  // The latest time that was seen.
  TimePoint latest() const {
    TimePoint latest = kNoTime;
    for (const Source& source : sources_) {
      latest = std::max(latest, source.clock);
    }
    return latest;
  }

  // Calls take(time, record) for the records before `time`, in order.
  template <typename Take>
  void release(TimePoint time, Take take) {
    for (Source* next = earliest(); next != nullptr && next->waiting.front().order < time; next = earliest()) {
      release_from(*next, take);
    }
  }
  // For the earliest one, if there is one.
  template <typename Take>
  void release_first(Take take) {
    if (Source* const next = earliest()) {
      release_from(*next, take);
    }
  }

 private:
  struct Waiting {
    TimePoint order;
    Record record;
  };
  struct Source {
    TimePoint clock = kNoTime;
    std::deque<Waiting> waiting{};
  };

  Source* earliest() {
    Source* found = nullptr;
    for (Source& source : sources_) {
      if (!source.waiting.empty() &&
          (found == nullptr || source.waiting.front().order < found->waiting.front().order)) {
        found = &source;
      }
    }
    return found;
  }
  template <typename Take>
  void release_from(Source& source, Take take) {
    Waiting first = std::move(source.waiting.front());
    source.waiting.pop_front();
    --size_;
    take(first.order, std::move(first.record));
  }

  std::vector<Source> sources_;
  std::size_t size_ = 0;
};

}  // namespace leeway
