#include "agent/sketches/adwin.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "agent/sketches/random.h"

namespace leeway {
namespace {

constexpr double kLeast = 5;           // values on each side of a cut
constexpr std::uint64_t kGrace = 10;   // windows up to this size are not checked
constexpr std::size_t kMostRows = 64;  // in saved state: more values than a stream can hold

double size_of_row(std::size_t row) { return std::ldexp(1.0, static_cast<int>(row)); }

// m in the definition.
double harmonic(double older, double newer) { return 1 / (older - kLeast + 1) + 1 / (newer - kLeast + 1); }

}  // namespace

Adwin::Adwin(double delta, std::uint32_t clock, ChangeDirection direction)
    : delta_(delta), clock_(clock), direction_(direction) {}

void Adwin::clear() {
  rows_.clear();
  width_ = 0;
  sum_ = 0;
  squares_ = 0;
}

void Adwin::insert(double score) {
  const double before = static_cast<double>(width_);
  ++width_;
  if (before > 0) {
    const double step = score - sum_ / before;
    squares_ += before / (before + 1) * step * step;
  }
  sum_ += score;
  double carried = score;
  for (std::size_t i = 0;; ++i) {
    if (i == rows_.size()) {
      rows_.emplace_back();
    }
    Row& row = rows_[i];
    row.sums[row.used++] = carried;
    if (row.used <= kBuckets) {
      return;
    }
    carried = row.sums[0] + row.sums[1];
    std::copy(row.sums.begin() + 2, row.sums.end(), row.sums.begin());
    row.used -= 2;
  }
}

template <typename Look>
void Adwin::each_cut(const Look& look) const {
  double older = 0;
  double older_sum = 0;
  double newer = static_cast<double>(width_);
  double newer_sum = sum_;
  for (std::size_t i = rows_.size(); i-- > 0;) {
    const double size = size_of_row(i);
    for (std::size_t bucket = 0; bucket < rows_[i].used; ++bucket) {
      older += size;
      older_sum += rows_[i].sums[bucket];
      newer -= size;
      newer_sum -= rows_[i].sums[bucket];
      if (newer < kLeast) {
        return;
      }
      if (older >= kLeast && look(older, older_sum, newer, newer_sum)) {
        return;
      }
    }
  }
}

double Adwin::log_term() const { return std::log(2 * std::log(static_cast<double>(width_)) / delta_); }

ChangeFound Adwin::find_change() const {
  const double width = static_cast<double>(width_);
  const double term = std::max(0.0, log_term());
  const double spread = 2 * squares_ / width * term;
  ChangeFound found = ChangeFound::kNone;
  each_cut([&](double older, double older_sum, double newer, double newer_sum) {
    // The difference is at least the root alone; no divisions, because nearly every cut ends here.
    const double difference = newer_sum * older - older_sum * newer;  // of the means, times older x newer
    const double product = older * newer;
    if (difference * difference * (older - kLeast + 1) * (newer - kLeast + 1) <=
        spread * (width - 2 * (kLeast - 1)) * product * product) {
      return false;
    }
    const double m = harmonic(older, newer);
    if (std::abs(difference) <= product * (std::sqrt(spread * m) + 2.0 / 3 * term * m)) {
      return false;
    }
    found = difference > 0 ? ChangeFound::kUp : ChangeFound::kDown;
    return true;
  });
  return found;
}

ChangeFound Adwin::add(double score) {
  insert(score);
  if (++ticks_ < clock_) {
    return ChangeFound::kNone;
  }
  ticks_ = 0;
  if (width_ <= kGrace) {
    return ChangeFound::kNone;
  }
  const ChangeFound found = find_change();
  if (found == ChangeFound::kNone) {
    return found;
  }
  // Also for a change in the direction that is not watched: the values before it are no longer useful.
  clear();
  return (found == ChangeFound::kUp ? watches_up(direction_) : watches_down(direction_)) ? found : ChangeFound::kNone;
}

double Adwin::statistic(ChangeFound side) const {
  if (width_ <= kGrace) {
    return 0;
  }
  const double term = std::max(0.0, log_term());
  const double spread = 2 * squares_ / static_cast<double>(width_) * term;
  double greatest = 0;
  each_cut([&](double older, double older_sum, double newer, double newer_sum) {
    const double rise = newer_sum / newer - older_sum / older;
    const double m = harmonic(older, newer);
    const double bound = std::sqrt(spread * m) + 2.0 / 3 * term * m;
    if (bound > 0) {
      greatest = std::max(greatest, (side == ChangeFound::kUp ? rise : -rise) / bound);
    }
    return false;
  });
  return greatest;
}

void Adwin::save(StateWriter& out) const {
  out.u64(ticks_);
  out.u64(width_);
  out.f64(sum_);
  out.f64(squares_);
  out.u64(rows_.size());
  for (const Row& row : rows_) {
    out.u64(row.used);
    for (std::size_t bucket = 0; bucket < row.used; ++bucket) {
      out.f64(row.sums[bucket]);
    }
  }
}

bool Adwin::load(StateReader& in) {
  clear();
  ticks_ = static_cast<std::uint32_t>(in.u64());
  width_ = in.u64();
  sum_ = in.f64();
  squares_ = in.f64();
  const std::uint64_t rows = in.count();
  if (rows >= kMostRows || ticks_ >= clock_ || !std::isfinite(sum_) || !(squares_ >= 0)) {
    return false;
  }
  rows_.resize(rows);
  std::uint64_t held = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t used = in.u64();
    if (used > kBuckets) {
      return false;
    }
    rows_[i].used = static_cast<std::uint32_t>(used);
    for (std::size_t bucket = 0; bucket < used; ++bucket) {
      rows_[i].sums[bucket] = in.f64();
    }
    held += used << i;
  }
  return held == width_;
}

double adwin_delta(double average_run_length, ChangeDirection direction) {
  // Measured run length of both directions by delta; 2000 to 3000 alarms each, so within 2 %.
  struct Entry {
    double run_length;
    double delta;
  };
  static constexpr std::array<Entry, 12> kTable{{{355.1, 1.4},
                                                 {594.6, 1},
                                                 {1026.8, 0.7},
                                                 {1614.8, 0.5},
                                                 {2641, 0.35},
                                                 {5551.4, 0.2},
                                                 {13560.4, 0.1},
                                                 {32868.6, 0.05},
                                                 {103683.3, 0.02},
                                                 {240640.7, 0.01},
                                                 {449172.6, 0.006},
                                                 {897263.3, 0.0035}}};
  // With both directions watched, each has half of the alarms.
  const double wanted = direction == ChangeDirection::kBoth ? average_run_length : average_run_length / 2;
  const auto* const above = std::find_if(kTable.begin() + 1, kTable.end() - 1,
                                         [&](const Entry& entry) { return entry.run_length >= wanted; });
  const Entry& low = *(above - 1);
  const double share = std::log(wanted / low.run_length) / std::log(above->run_length / low.run_length);
  return low.delta * std::pow(above->delta / low.delta, share);
}

double adwin_delta(double average_run_length, ChangeDirection direction, std::span<const ScoreShare> scores) {
  constexpr double kLongest = 10'000;
  constexpr int kAlarms = 300;  // their number has a deviation of 6 %
  constexpr int kRounds = 8;    // the correction depends on the run length
  constexpr double kClose = 0.05;
  const double wanted = std::min(average_run_length, kLongest);
  const auto most = static_cast<std::uint64_t>(10 * kAlarms * wanted);  // values, should there be no alarms
  std::vector<double> shares;
  for (const ScoreShare& point : scores) {
    shares.push_back(point.share + (shares.empty() ? 0 : shares.back()));
  }
  Random random(1);
  double normal = wanted;  // the run length of normal scores with the delta that is looked for
  for (int round = 0; round < kRounds; ++round) {
    Adwin adwin(adwin_delta(normal, direction), kAdwinClock, direction);
    int alarms = 0;
    std::uint64_t values = 0;
    for (; alarms < kAlarms && values < most; ++values) {
      const auto place = std::upper_bound(shares.begin(), shares.end() - 1, random.uniform());
      alarms += adwin.add(scores[static_cast<std::size_t>(place - shares.begin())].score) == ChangeFound::kNone ? 0 : 1;
    }
    const double missing = wanted * std::max(alarms, 1) / static_cast<double>(values);
    normal *= missing;
    if (std::abs(missing - 1) < kClose) {
      break;
    }
  }
  return adwin_delta(average_run_length * normal / wanted, direction);
}

}  // namespace leeway
