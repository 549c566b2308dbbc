#include "agent/evaluation/sample_store.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace leeway::evaluation {
namespace {

// The NaN by which Prometheus marks that a series has gone: no computation results in it.
constexpr std::uint64_t kStale = 0x7FF0'0000'0000'0002U;

}  // namespace

double no_sample() { return std::bit_cast<double>(kStale); }
bool is_sample(double value) { return std::bit_cast<std::uint64_t>(value) != kStale; }

SampleStore::SampleStore(LabelSets& sets, Time interval, StoreLimits limits)
    : sets_(sets), limits_(limits), interval_(interval) {}

Time SampleStore::next_time() {
  while (is_full()) {
    make_room();
  }
  return after_last();
}

void SampleStore::begin(Time time) {
  if (!empty() && time != after_last()) {
    dropped_oldest_ = true;
    drop_oldest(instants_);
  }
  if (empty()) {
    start_ = time;
  }
  ++instants_;
}

std::size_t SampleStore::series(LabelSet labels) {
  const Labels key = sets_.intern(std::move(labels));
  const auto [found, added] = index_.try_emplace(key, series_.size());
  if (added) {
    series_.push_back({key, instants_ - 1});
  }
  return found->second;
}

void SampleStore::set(std::size_t series, double value) {
  Series& held = series_[series];
  if (held.values.empty()) {
    held.first = instants_ - 1;
  }
  held.values.resize(instants_ - held.first, no_sample());
  held.values.back() = value;
}

double SampleStore::value(std::size_t series, std::size_t instant) const {
  const Series& held = series_[series];
  const bool inside = instant >= held.first && instant - held.first < held.values.size();
  return inside ? held.values[instant - held.first] : no_sample();
}

std::vector<Point> SampleStore::points(std::size_t series, std::size_t first, std::size_t last) const {
  const Series& held = series_[series];
  std::vector<Point> points;
  const std::size_t end = std::min(last + 1, held.first + held.values.size());
  first = std::max(first, held.first);
  points.reserve(end > first ? end - first : 0);
  for (std::size_t instant = first; instant < end; ++instant) {
    const double value = held.values[instant - held.first];
    if (is_sample(value)) {
      points.push_back({time_of(instant), value});
    }
  }
  return points;
}

std::vector<std::size_t> SampleStore::series_of(std::string_view metric) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < series_.size(); ++i) {
    if (metric.empty() || label_value(*series_[i].labels, kMetricName) == metric) {
      found.push_back(i);
    }
  }
  return found;
}

bool SampleStore::is_full() const {
  constexpr std::size_t kFewest = 300;  // instants, however many series there are
  const std::size_t for_series = limits_.samples / std::max<std::size_t>(1, series_.size());
  return instants_ >= std::min(limits_.instants, std::max(kFewest, for_series));
}

void SampleStore::make_room() {
  constexpr std::array<Time, 2> kIntervals = {60 * kSecond, 300 * kSecond};
  for (const Time wanted : kIntervals) {
    if (wanted <= limits_.longest_interval && wanted / interval_ > 1) {
      keep_every(static_cast<std::size_t>(wanted / interval_));
      return;
    }
  }
  dropped_oldest_ = true;
  drop_oldest(instants_ / 4);
}

void SampleStore::keep_every(std::size_t stride) {
  for (Series& series : series_) {
    const std::size_t first = (series.first + stride - 1) / stride;
    std::vector<double> kept;
    for (std::size_t at = first * stride; at < series.first + series.values.size(); at += stride) {
      kept.push_back(series.values[at - series.first]);
    }
    series.first = first;
    series.values = std::move(kept);
  }
  interval_ *= static_cast<Time>(stride);
  instants_ = (instants_ - 1) / stride + 1;
}

void SampleStore::drop_oldest(std::size_t count) {
  for (Series& series : series_) {
    const std::size_t past = std::min(series.values.size(), count - std::min(count, series.first));
    series.values.erase(series.values.begin(), series.values.begin() + static_cast<std::ptrdiff_t>(past));
    series.first -= std::min(count, series.first);
  }
  instants_ -= count;
  start_ += static_cast<Time>(count) * interval_;
}

}  // namespace leeway::evaluation
