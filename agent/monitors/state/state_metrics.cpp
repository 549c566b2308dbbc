#include "agent/monitors/state/state_metrics.h"

#include <array>

#include "agent/core/units.h"
#include "agent/monitors/shared/metric_table.h"

namespace leeway {
namespace {

constexpr std::array kByState{"state"};

constexpr std::array<MetricRow<StateSettings>, 5> kMetrics{{
    {kStateMatched, MetricType::kCounter, "Ends of a state whose start was seen.", kByState},
    {kStateUnmatched, MetricType::kCounter, "Ends of a state whose start was not seen, or was forgotten.", kByState},
    {kStateOverflowed, MetricType::kCounter, "Starts of a state beyond its max_keys.", kByState},
    {kStateLate, MetricType::kCounter, "Records of a state that came later than its lateness allows.", kByState},
    {kStateTimely, MetricType::kCounter, "Records of a state that did not come too late.", kByState},
}};

void set_ranges(Duration expire, bool has_key, StateSettings& settings) {
  for (MetricDesc* const desc : {&settings.in_progress, &settings.overdue}) {
    desc->range.least = 0;
    desc->range.why_least = "it is a number of keys";
    desc->range.most = has_key ? static_cast<double>(settings.limits.max_keys) : 1;
    desc->range.why_most = has_key ? "that is `max_keys`" : "without a `key` there is one at a time";
  }
  settings.oldest_start.range.oldest = settings.limits.forget;
  settings.oldest_start.range.why_most = "then it is forgotten, see `forget`";
  settings.last_success.expire = expire;
  settings.last_failure.expire = expire;
}

}  // namespace

MetricDesc state_metric(const char* name) { return desc_of(kMetrics, name); }

void complete_state_metrics(const LabelSet& labels, bool has_good, bool has_key, StateSettings& settings) {
  const std::string& name = settings.name;
  const bool begins_late = !labels.names().empty() && labels.initial_series().empty();
  const auto complete = [&](MetricDesc& desc, const char* suffix, MetricType type, const std::string& help) {
    desc.name = name + suffix;
    desc.type = type;
    desc.help = help;
    desc.label_names = labels.names();
    desc.begins_late = begins_late && type != MetricType::kGauge;
  };
  complete(settings.in_progress, "_in_progress", MetricType::kGauge, "How many of " + name + " are in progress.");
  complete(settings.oldest_start, "_oldest_start_timestamp_seconds", MetricType::kGauge,
           "When the longest of " + name + " in progress began; absent if there is none.");
  complete(settings.ended, "_ended_total", MetricType::kCounter, "Ends of " + name + ", by outcome.");
  settings.ended.label_names.emplace_back("outcome");
  complete(settings.duration, "_duration_seconds", MetricType::kHistogram, "Time from start to end of " + name + ".");
  settings.duration.buckets = settings.limits.buckets;
  complete(settings.last_success, "_last_success_timestamp_seconds", MetricType::kGauge,
           std::string(has_good ? "When the last success of " : "When the last end of ") + name + " was.");
  if (has_good) {
    complete(settings.last_failure, "_last_failure_timestamp_seconds", MetricType::kGauge,
             "When the last failure of " + name + " was.");
  }
  if (settings.times_out()) {
    const std::string timeout = format_duration(settings.limits.timeout);
    complete(settings.overdue, "_overdue", MetricType::kGauge,
             "How many of " + name + " have been in progress for " + timeout + " or longer.");
    complete(settings.timed_out, "_timed_out_total", MetricType::kCounter,
             "How many of " + name + " took " + timeout + " or longer, counted once it is so.");
  }
  set_ranges(labels.options().expire.value_or(Duration{}), has_key, settings);
}

std::vector<const MetricDesc*> own_metrics(const StateSettings& settings) {
  std::vector<const MetricDesc*> all{&settings.in_progress, &settings.oldest_start, &settings.ended,
                                     &settings.duration,    &settings.last_success, &settings.last_failure,
                                     &settings.overdue,     &settings.timed_out};
  std::erase_if(all, [](const MetricDesc* desc) { return desc->name.empty(); });
  return all;
}

void describe_state_metrics(const StateSettings& settings, MetricCatalog& catalog) {
  for (const MetricDesc* const desc : own_metrics(settings)) {
    static_cast<void>(catalog.add(*desc));
  }
  describe_metrics(kMetrics, settings, catalog);
}

}  // namespace leeway
