// Samples of series at equidistant instants, as a Prometheus would hold that scraped them. Filled from snapshots of a
// replay; read by the evaluator. Memory is bounded: with more instants, or more series, the instants become rarer, and
// then the oldest are dropped. Single-threaded.
#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/evaluation/label_sets.h"
#include "agent/evaluation/values.h"

namespace leeway::evaluation {

// No sample: the series was not there at that instant.
double no_sample();
bool is_sample(double value);

struct StoreLimits {
  std::size_t instants = 12'000;
  std::size_t samples = 24'000'000;
  Time longest_interval = 300 * kSecond;  // instants become no rarer than that, unless they are so from the start
};

class SampleStore {
 public:
  // `sets` must outlive the store.
  SampleStore(LabelSets& sets, Time interval, StoreLimits limits = {});

  // The time of the next instant, unless the store is empty. Makes room for it.
  Time next_time();
  // Begins an instant: the first one at any time, the others at next_time(), or later than all that the limits hold,
  // where the store begins anew.
  void begin(Time time);
  bool empty() const { return instants_ == 0; }
  bool dropped_oldest() const { return dropped_oldest_; }

  // The index of a series, made where it is new.
  std::size_t series(LabelSet labels);
  // Its value at the last instant.
  void set(std::size_t series, double value);

  std::size_t instants() const { return instants_; }
  Time interval() const { return interval_; }
  Time start() const { return start_; }
  Time end() const { return time_of(instants_ - 1); }
  Time time_of(std::size_t instant) const { return start_ + static_cast<Time>(instant) * interval_; }
  // The last instant up to `time`, which is not before the start; perhaps one that is still to come.
  std::size_t last_until(Time time) const { return static_cast<std::size_t>((time - start_) / interval_); }
  std::size_t series_count() const { return series_.size(); }
  Labels labels(std::size_t series) const { return series_[series].labels; }
  // no_sample() where it has none.
  double value(std::size_t series, std::size_t instant) const;
  // The samples of a series from one instant to another, both included.
  std::vector<Point> points(std::size_t series, std::size_t first, std::size_t last) const;
  std::vector<std::size_t> series_of(std::string_view metric) const;

 private:
  struct Series {
    Labels labels = nullptr;
    std::size_t first = 0;  // instant of values[0]
    std::vector<double> values{};
  };

  bool is_full() const;
  Time after_last() const { return start_ + static_cast<Time>(instants_) * interval_; }
  void make_room();
  void keep_every(std::size_t stride);
  void drop_oldest(std::size_t count);

  LabelSets& sets_;
  StoreLimits limits_;
  Time start_ = 0;
  Time interval_;
  std::size_t instants_ = 0;
  bool dropped_oldest_ = false;
  std::vector<Series> series_;
  std::unordered_map<Labels, std::size_t> index_;
};

}  // namespace leeway::evaluation
