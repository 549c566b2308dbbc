// Shared by the conditions of [[alert]]: reading windows and limits, sums over a fleet, texts, tests. Used by
// condition_*.cpp and the *_tests.cpp of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/alerts/condition.h"
#include "agent/alerts/signal_tests.h"

namespace leeway {

// The largest `min_count` and `min_bad_events`.
inline constexpr std::int64_t kMostEvents = 1'000'000'000'000;

// How many events there have to be within the window, or the alert does not fire: `min_count` and `min_bad_events`.
struct LeastEvents {
  std::int64_t all = 0;
  std::int64_t bad = 1;  // of those that are compared with the limit

  // Whether fewer than `bad` of them can be above `share` of the others.
  bool needs_bad(double share) const;
};

// Numbers of events in the window for a rule test: slightly fewer than a least number, or slightly more.
struct EventCase {
  double bad;
  double all;
  bool fires;
  bool of_bad;  // about the least number of bad ones
};

// Those that tell the least numbers that the expression has, of events of which more than `share` may not be bad.
std::vector<EventCase> cases_around(const LeastEvents& least, double share);

// Reads both. `share`: of bad events, above which the alert fires. Warns where a single one is enough.
LeastEvents read_least_events(TableReader& reader, double share);

// For the alert's metric, whose unit its value has.
Condition about_metric(const ConditionContext& context);

// A window of rates: at least two scrape intervals; otherwise nothing could be counted in it.
Duration read_window(TableReader& reader, std::string_view key, Duration fallback, const ConditionContext& context);
// A required finite number.
std::optional<double> read_limit(TableReader& reader, std::string_view key);

// "a, b", as PromQL lists labels in parentheses.
std::string label_list(const std::vector<std::string>& labels);
// `sum without (…) (INNER)`: over the instances of a fleet and all labels of the metric not named in `by`.
std::string summed(const ConditionContext& context, const MetricDesc& desc, const std::string& inner);
// The labels that it takes away.
std::vector<std::string> summed_labels(const ConditionContext& context, const MetricDesc& desc);

// `and` at least this many events, as given by `count`; nothing for 0.
std::string and_at_least(const std::string& count, std::int64_t events);

bool is_counter(const MetricDesc& desc);
// Not of an agent.
bool is_external(const ConditionContext& context, const MetricDesc& desc);
// `increase(…)` of counters or buckets of the metric; with their births where series of the metric begin late.
std::string increase_text(const ConditionContext& context, const Selector& selector, const MetricDesc& desc,
                          Duration window);
// How far that looks back.
Duration range_with_births(const MetricDesc& desc, Duration window);
// What would make it better, where that is a matter of this configuration.
std::string birth_advice(const ConditionContext& context, const MetricDesc& desc);
// The change of the metric in a window: the increase of a counter, the mean of a gauge. Summed.
std::string amount_within(const ConditionContext& context, Duration window);

std::string window_text(const Duration& window);  // "[5m]"
// "150ms", "2 GiB", "5%", "12".
std::string limit_text(double limit, Unit unit);

// AlertRule::measured of a value that passes `limit`.
std::string measured_text(const std::string& limit);

// 5 % from the limit, upwards or downwards; by 0.05 where the limit is 0.
double beyond(double limit, bool lower);
double within(double limit, bool lower);

// The tests of the signal with the alert's `for`, at a step that suits the range.
std::vector<AlertTest> tests_of(const ConditionContext& context, const Signal& signal, Duration range);
SignalTiming timing_of(const ConditionContext& context, Duration range);

}  // namespace leeway
