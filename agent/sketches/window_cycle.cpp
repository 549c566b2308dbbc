#include "agent/sketches/window_cycle.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "agent/sketches/random.h"

namespace leeway {
namespace {

constexpr double kLeastRatio = 3;
constexpr int kOrders = 500;
constexpr int kMostAsClear = 2;            // of them
constexpr std::size_t kFewestRepeats = 3;  // windows more than places
constexpr Duration kDay = std::chrono::hours(24);

using Shares = std::vector<double>;  // square roots, by bin

Shares shares_of(const ReferenceWindow& window, const ColumnReference& reference) {
  Shares bins(reference.bin_count());
  reference.to_bins(window.cells, bins);
  const double rows = std::max(1.0, window.rows());
  for (double& bin : bins) {
    bin = std::sqrt(bin / rows);
  }
  return bins;
}

// The distance from one window to the next; that of most, where some are missing.
Duration distance_of(const std::vector<ReferenceWindow>& windows) {
  std::vector<Duration> distances;
  for (std::size_t i = 1; i < windows.size(); ++i) {
    distances.push_back(windows[i].begin - windows[i - 1].begin);
  }
  const auto lower = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 4);
  std::nth_element(distances.begin(), lower, distances.end());
  return *lower;
}

// The place of each window in the cycle, from 0 on; returns how many there are.
std::size_t find_places(const std::vector<ReferenceWindow>& windows, Duration period, Duration step,
                        std::vector<std::size_t>& places) {
  std::map<std::int64_t, std::size_t> known;
  for (const ReferenceWindow& window : windows) {
    const Duration since = window.begin.time_since_epoch() % period;
    const std::int64_t place = (since < Duration{} ? since + period : since) / step;
    places.push_back(known.emplace(place, known.size()).first->second);
  }
  return known.size();
}

// Two weeks have too few windows of each day to tell seven places apart, but not these two.
std::vector<std::size_t> weekend_places(const std::vector<ReferenceWindow>& windows) {
  std::vector<std::size_t> places;
  for (const ReferenceWindow& window : windows) {
    const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(window.begin));
    places.push_back(day == std::chrono::Saturday || day == std::chrono::Sunday ? 1 : 0);
  }
  return places;
}

double ratio_of(const std::vector<Shares>& shares, const std::vector<std::size_t>& places, std::size_t groups) {
  const std::size_t bins = shares.front().size();
  std::vector<Shares> sums(groups, Shares(bins));
  std::vector<double> sizes(groups);
  Shares all(bins);
  double squares = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    ++sizes[places[i]];
    for (std::size_t bin = 0; bin < bins; ++bin) {
      sums[places[i]][bin] += shares[i][bin];
      all[bin] += shares[i][bin];
      squares += shares[i][bin] * shares[i][bin];
    }
  }
  double of_places = 0;
  double of_all = 0;
  const double n = static_cast<double>(shares.size());
  for (std::size_t bin = 0; bin < bins; ++bin) {
    of_all += all[bin] * all[bin] / n;
    for (std::size_t place = 0; place < groups; ++place) {
      of_places += sums[place][bin] * sums[place][bin] / sizes[place];
    }
  }
  const double between = (of_places - of_all) / static_cast<double>(groups - 1);
  const double within = (squares - of_places) / (n - static_cast<double>(groups));
  return within > 0 ? between / within : between > 0 ? HUGE_VAL : 1;
}

// Whether hardly any random order has such a ratio.
bool is_clear(const std::vector<Shares>& shares, std::vector<std::size_t> places, std::size_t groups, double ratio) {
  Random random(shares.size());
  int as_clear = 0;
  for (int order = 0; order < kOrders; ++order) {
    for (std::size_t i = places.size(); i-- > 1;) {
      std::swap(places[i], places[random.next() % (i + 1)]);
    }
    if (ratio_of(shares, places, groups) >= ratio && ++as_clear > kMostAsClear) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<WindowCycle> window_cycle(const ColumnReference& reference, CyclePart part) {
  const std::vector<ReferenceWindow>& windows = reference.windows;
  if (windows.size() < 2 || windows.front().begin == kNoTime) {
    return std::nullopt;
  }
  const Duration period = part == CyclePart::kHour ? kDay : 7 * kDay;
  const Duration least = part == CyclePart::kHour ? std::chrono::hours(1) : kDay;
  const Duration distance = distance_of(windows);
  if (2 * distance > period + period / 16) {  // versions come at about the same time
    return std::nullopt;
  }
  const Duration step = std::max(least, distance);
  std::vector<std::size_t> places;
  const std::size_t groups = find_places(windows, period, step, places);
  if (groups < 2 || windows.size() < groups + kFewestRepeats) {
    return std::nullopt;
  }
  std::vector<Shares> shares;
  shares.reserve(windows.size());
  for (const ReferenceWindow& window : windows) {
    shares.push_back(shares_of(window, reference));
  }
  WindowCycle result;
  result.ratio = ratio_of(shares, places, groups);
  result.found = result.ratio >= kLeastRatio && is_clear(shares, places, groups, result.ratio);
  if (part == CyclePart::kWeekday && !result.found && groups == 7) {
    const std::vector<std::size_t> weekends = weekend_places(windows);
    const double ratio = ratio_of(shares, weekends, 2);
    result.found = ratio >= kLeastRatio && is_clear(shares, weekends, 2, ratio);
  }
  return result;
}

}  // namespace leeway
