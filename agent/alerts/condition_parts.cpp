#include "agent/alerts/condition_parts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "agent/alerts/births.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {

Condition about_metric(const ConditionContext& context) {
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = unit_of(*context.desc);
  return condition;
}

Duration read_window(TableReader& reader, std::string_view key, Duration fallback, const ConditionContext& context) {
  const Duration window = reader.duration(key, fallback);
  const Duration scrape = context.catalog.settings.scrape_interval;
  const Duration least = kFewestScrapes * scrape;
  if (window < least) {
    reader.error(key, "'" + std::string(key) + "' is " + format_duration(window) +
                          ", which holds fewer than two samples; expected at least two scrape intervals, " +
                          format_duration(least) + ", better four");
  } else if (window < kEnoughScrapes * scrape) {
    reader.diagnostics().warning(reader.position(key),
                                 reader.what() + ": '" + std::string(key) + "' is " + format_duration(window) +
                                     ", which holds fewer than four samples: where a scrape is missed, there may be no "
                                     "value; expected at least " +
                                     format_duration(kEnoughScrapes * scrape));
  }
  if (window % std::chrono::milliseconds(1) != Duration{}) {
    reader.error(key, "'" + std::string(key) + "' is not a whole number of milliseconds, the resolution of Prometheus");
  }
  return window;
}

std::optional<double> read_limit(TableReader& reader, std::string_view key) {
  if (!reader.has(key)) {
    reader.missing(key, "a number");
    return std::nullopt;
  }
  const std::optional<double> limit = reader.number(key);
  if (limit && !std::isfinite(*limit)) {
    reader.error(key, "'" + std::string(key) + "' is not finite; expected a number");
    return std::nullopt;
  }
  return limit;
}

// Some margin, so that rule tests can tell both numbers apart.
bool LeastEvents::needs_bad(double share) const {
  constexpr double kMargin = 1.2;
  return bad > 1 && static_cast<double>(bad) >= kMargin * share * static_cast<double>(all);
}

std::vector<EventCase> cases_around(const LeastEvents& least, double share) {
  constexpr double kFewer = 0.95;
  constexpr double kMore = 1.05;
  const bool needs_bad = least.needs_bad(share);
  const auto bad = static_cast<double>(least.bad);
  const auto all = static_cast<double>(least.all);
  std::vector<EventCase> cases;
  if (all > 1 && (!needs_bad || bad <= all * kFewer)) {
    cases.push_back({all * kFewer, all * kFewer, false, false});
    cases.push_back({all * kMore, all * kMore, true, false});
  }
  if (needs_bad) {
    // As many as there may be at most for these to be too many.
    const double most = share > 0 ? bad * kFewer / share * kFewer : bad * 1000;
    const double total = std::max(most, std::max(all, bad) * kMore);
    cases.push_back({bad * kFewer, total, false, true});
    cases.push_back({bad * kMore, total, true, true});
  }
  return cases;
}

LeastEvents read_least_events(TableReader& reader, double share) {
  LeastEvents least;
  least.all = reader.integer("min_count", 0, kMostEvents).value_or(0);
  least.bad = reader.integer("min_bad_events", 1, kMostEvents, 1);
  if (!reader.has("min_bad_events") && share > 0 && without_noise(share * static_cast<double>(least.all)) < 1) {
    reader.diagnostics().warning(reader.position(reader.has("min_count") ? "min_count" : ""),
                                 reader.what() + ": a single bad event of " +
                                     (least.all > 1 ? "the first " + std::to_string(least.all) : "few") +
                                     " in a window fires, since it is more than " + limit_text(share, Unit::kRatio) +
                                     " of them; expected `min_bad_events`, 3 for example, or 1 if this is meant");
  }
  return least;
}

std::vector<std::string> summed_labels(const ConditionContext& context, const MetricDesc& desc) {
  std::vector<std::string> dropped = context.catalog.settings.fleet_labels;
  dropped.insert(dropped.end(), desc.label_names.begin(), desc.label_names.end());
  std::erase_if(dropped, [&](const std::string& label) {
    return std::find(context.by.begin(), context.by.end(), label) != context.by.end();
  });
  std::sort(dropped.begin(), dropped.end());
  dropped.erase(std::unique(dropped.begin(), dropped.end()), dropped.end());
  return dropped;
}

std::string label_list(const std::vector<std::string>& labels) {
  std::string names;
  for (const std::string& label : labels) {
    names += (names.empty() ? "" : ", ") + label;
  }
  return names;
}

std::string summed(const ConditionContext& context, const MetricDesc& desc, const std::string& inner) {
  return "sum without (" + label_list(summed_labels(context, desc)) + ") (" + inner + ")";
}

std::string and_at_least(const std::string& count, std::int64_t events) {
  return events > 0 ? "\nand\n" + count + " >= " + std::to_string(events) : "";
}

bool is_counter(const MetricDesc& desc) { return desc.type == MetricType::kCounter; }

bool is_external(const ConditionContext& context, const MetricDesc& desc) {
  return context.catalog.metrics.find(desc.name) == nullptr;
}

std::string increase_text(const ConditionContext& context, const Selector& selector, const MetricDesc& desc,
                          Duration window) {
  return desc.begins_late ? "\n" + increase_with_births(selector, window, is_external(context, desc)) + "\n"
                          : "increase(" + selector.to_string() + window_text(window) + ")";
}

Duration range_with_births(const MetricDesc& desc, Duration window) { return desc.begins_late ? window * 2 : window; }

std::string birth_advice(const ConditionContext& context, const MetricDesc& desc) {
  const bool configured = !is_external(context, desc) && !desc.name.starts_with("leeway_");
  return desc.begins_late && configured
             ? "series of " + desc.name +
                   " begin with their first event, which counts only if the agent was scraped before it; `values` for "
                   "its labels let them begin at 0"
             : "";
}

std::string amount_within(const ConditionContext& context, Duration window) {
  const std::string range = context.metric.to_string() + window_text(window);
  return summed(context, *context.desc, (is_counter(*context.desc) ? "increase(" : "avg_over_time(") + range + ")");
}

std::string window_text(const Duration& window) { return "[" + format_duration(window) + "]"; }

std::string limit_text(double limit, Unit unit) {
  switch (unit) {
    case Unit::kRatio:
      return number_text(without_noise(limit * 100)) + "%";
    case Unit::kSeconds:
    case Unit::kBytes: {
      if (limit <= 0 || limit > 1e15) {
        return number_text(limit);
      }
      return unit == Unit::kBytes ? format_bytes(static_cast<std::uint64_t>(limit))
                                  : format_duration(Duration(static_cast<std::int64_t>(std::llround(limit * 1e9))));
    }
    default:
      return number_text(limit);
  }
}

std::string measured_text(const std::string& limit) { return "$value (limit " + limit + ")"; }

double beyond(double limit, bool lower) {
  const double distance = limit == 0 ? 0.05 : std::abs(limit) * 0.05;
  return without_noise(lower ? limit - distance : limit + distance);
}

double within(double limit, bool lower) { return beyond(limit, !lower); }

SignalTiming timing_of(const ConditionContext& context, Duration range) {
  SignalTiming timing;
  timing.step = test_step(context.catalog.settings.evaluation_interval, range + context.hold + context.keep_firing_for);
  timing.hold = context.hold;
  timing.keep_firing_for = context.keep_firing_for;
  return timing;
}

std::vector<AlertTest> tests_of(const ConditionContext& context, const Signal& signal, Duration range) {
  return signal_tests(signal, timing_of(context, range));
}

}  // namespace leeway
