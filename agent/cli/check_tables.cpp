#include "agent/cli/check_tables.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "agent/cli/drift_columns.h"
#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "agent/monitors/drift/drift_metrics.h"
#include "agent/monitors/slo/slo_records.h"
#include "exporters/prometheus/label_text.h"

namespace leeway {
namespace {

void print_alert(const AlertRule& alert) {
  std::string name = alert.name;
  for (const auto& [label, value] : alert.labels) {
    name += label == "slo" ? " (" + value + ")" : "";
  }
  std::printf("  %-9s %s%s%s\n            %s\n", std::string(to_string(alert.severity)).c_str(), name.c_str(),
              alert.hold > Duration{} ? ", for " : "",
              alert.hold > Duration{} ? format_duration(alert.hold).c_str() : "", alert.when.c_str());
  if (!alert.advice.empty()) {
    std::printf("            advice: %s\n", alert.advice.c_str());
  }
}

std::string four_digits(double value, const char* unit) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g%s", value, unit);
  return text.data();
}

// What the tiers of an SLO spend of its budget, and how long people then have.
void print_tiers(const Catalog& catalog, const std::string& slo) {
  bool first = true;
  for (const AlertRule& alert : catalog.alerts) {
    const std::string* const own = find_label(alert.labels, "slo");
    if (!alert.burn || own == nullptr || *own != slo) {
      continue;
    }
    if (first) {
      std::printf("    %-12s %-9s %-7s %-11s %-13s %s\n", "tier", "windows", "factor", "bad above", "budget spent",
                  "the rest lasts");
      first = false;
    }
    const BurnRate& burn = *alert.burn;
    const double hours = to_seconds(burn.long_window) / 3600 * std::max(0.0, 1 / burn.spent - 1);
    const std::string windows = format_duration(burn.short_window) + ", " + format_duration(burn.long_window);
    std::printf("    %-12s %-9s %-7s %-11s %-13s %s\n", burn.tier.c_str(), windows.c_str(),
                four_digits(burn.factor, "").c_str(), four_digits(burn.limit * 100, "%").c_str(),
                four_digits(burn.spent * 100, "%").c_str(), four_digits(hours, "h").c_str());
  }
}

void print_maintenance(const Catalog& catalog, const std::string& slo) {
  const auto names = catalog.unjudged.find(slo);
  for (const MaintenanceWindow& window : catalog.maintenance) {
    if (names == catalog.unjudged.end() ||
        std::find(names->second.begin(), names->second.end(), window.name) == names->second.end()) {
      continue;
    }
    std::string days;
    for (const std::string& day : window.weekdays) {
      days += (days.empty() ? "" : ", ") + day;
    }
    std::printf("    not judged in maintenance '%s': %s, %s to %s %s\n", window.name.c_str(),
                days.empty() ? "every day" : days.c_str(), window.start.c_str(), window.end.c_str(),
                window.time_zone.c_str());
  }
}

void print_series_limit(const Snapshot& snapshot, const std::string& slo) {
  for (const MetricStatus& status : snapshot.status().metrics) {
    if (status.name == slo && status.series_limit != 0) {
      std::printf(", for each of at most %llu values", static_cast<unsigned long long>(status.series_limit));
    }
  }
  std::printf("\n");
}

void print_sampled(const SampledSource& sampled) {
  if (sampled.stream) {
    std::printf("  sample: none, a stream is not read\n");
    return;
  }
  const SourceStatus& status = sampled.status;
  std::uint64_t rejected = 0;
  for (const auto& [reason, count] : status.rejects) {
    rejected += count;
  }
  std::printf("  sample: ");
  if (status.joined != 0) {
    const std::uint64_t lines = status.records + status.joined + rejected + status.ignored;
    std::printf("%llu lines: ", static_cast<unsigned long long>(lines));
  }
  std::printf("%llu record%s", static_cast<unsigned long long>(status.records), status.records == 1 ? "" : "s");
  if (!sampled.complete || sampled.share < 1) {
    std::printf(" of the %s", sampled.source->has_file_versions ? "first rows" : "first and last lines");
  }
  if (status.joined != 0) {
    std::printf(", %llu further line%s of them", static_cast<unsigned long long>(status.joined),
                status.joined == 1 ? "" : "s");
  }
  std::printf(", %llu rejected", static_cast<unsigned long long>(rejected));
  if (status.ignored != 0) {
    std::printf(", %llu ignored", static_cast<unsigned long long>(status.ignored));
  }
  const TimeFacts& times = sampled.sample->times();
  if (sampled.source->definition->has_event_time() && times.first != kNoTime) {
    std::printf(", of %s to %s", format_rfc3339(times.first).c_str(), format_rfc3339(times.last).c_str());
  }
  std::printf("\n");
  if (!sampled.sample->example().empty()) {
    std::printf("    a record: %s\n", sampled.sample->example().c_str());
  }
}

}  // namespace

void print_scope(const RuleSettings& settings) {
  std::printf("  job_name of the scrape configuration of Prometheus: %s; all of this reads only {%s}\n",
              job_name(settings).c_str(), settings.scope.c_str());
  if (!settings.agent_job.empty()) {
    std::printf("  but whether the agents are up is read from the job %s ([rules] agent_job)\n",
                settings.agent_job.c_str());
  }
}

void print_source(const AssembledSource& source, const SampledSource* sampled, FileSystem& files) {
  const bool looked = sampled != nullptr && sampled->sample != nullptr;
  const std::span<const FieldPath> fields =
      source.schema.fields().first(looked ? sampled->sample->configured() : source.schema.size());
  std::printf("source %s (%s)\n  %s\n", source.name.c_str(), source.type.c_str(),
              source.definition->summary(files).c_str());
  std::printf("  event time: %s; reads %zu field%s:", source.definition->has_event_time() ? "of the record" : "arrival",
              fields.size(), fields.size() == 1 ? "" : "s");
  for (const FieldPath& field : fields) {
    std::printf(" %s", field.to_string().c_str());
  }
  std::printf("\n");
  if (sampled != nullptr) {
    print_sampled(*sampled);
  }
}

void print_variables(const std::map<std::string, bool>& variables) {
  std::string text;
  for (const auto& [name, is_set] : variables) {
    text += (text.empty() ? " " : ", ") + name + (is_set ? "" : " (default)");
  }
  if (!text.empty()) {
    std::printf("environment:%s\n", text.c_str());
  }
}

void print_alerts(const Catalog& catalog) {
  std::printf("\nalerts, written by `leeway rules`\n");
  Duration longest{};
  std::size_t tests = 0;
  for (const AlertRule& alert : catalog.alerts) {
    print_alert(alert);
    longest = std::max(longest, alert.range);
    tests += alert.tests.size();
  }
  std::size_t recorded = 0;
  std::size_t slos = 0;
  for (const RecordingRule& rule : catalog.recording_rules) {
    longest = std::max(longest, rule.range);
    slos += rule.name == kSloBudgetRemaining ? 1 : 0;
  }
  // A rule that sets its SLO makes one series, any other rule one per SLO.
  for (const RecordingRule& rule : catalog.recording_rules) {
    recorded += rule.set_labels.empty() ? slos : 1;
  }
  std::printf("  %zu alerts with %zu tests; %zu recording rules, about %zu series per job\n", catalog.alerts.size(),
              tests, catalog.recording_rules.size(), recorded);
  std::printf("  Prometheus has to keep %s; [rules] retention says that it keeps %s\n",
              format_duration(longest).c_str(), format_duration(catalog.settings.retention).c_str());
}

std::string columns_of_drift(const Assembly& assembly) {
  std::string text;
  for (const auto& source : assembly.sources) {
    for (const AssembledMonitor& monitor : source->monitors) {
      for (const DriftMonitor* const reference : drift_monitors(*monitor.monitor)) {
        const DriftSettings& settings = reference->settings();
        text += "  " + settings.name + (settings.source.empty() ? "" : ", " + settings.source) + ": " +
                settings.reference_text() + "\n";
        const std::vector<std::string> lines = describe_columns(*reference);
        for (const std::string& line : lines) {
          text += "    " + line + "\n";
        }
        if (lines.empty()) {
          text += "    what its columns are is decided by these records\n";
        }
      }
    }
  }
  return text;
}

void print_references(const Snapshot& snapshot) {
  for (const MetricFamily& family : snapshot.families()) {
    if (family.desc.name != kDriftInfo) {
      continue;
    }
    std::printf("\nreferences of drift\n");
    for (const Sample& sample : family.samples) {
      std::printf("  %s\n", label_text(sample.labels).c_str());
    }
  }
}

void print_slos(const Snapshot& snapshot, const Catalog& catalog) {
  for (const MetricFamily& family : snapshot.families()) {
    if (family.desc.name != "leeway_slo_objective_ratio") {
      continue;
    }
    for (const Sample& sample : family.samples) {
      std::printf("  %s, objective %g", label_text(sample.labels).c_str(), sample.value);
      for (const auto& [name, value] : sample.labels.pairs()) {
        if (name == "slo") {
          print_series_limit(snapshot, "slo:" + std::string(value));
          print_maintenance(catalog, std::string(value));
          print_tiers(catalog, std::string(value));
        }
      }
    }
  }
}

void print_metric(const MetricDesc& metric, const std::vector<MetricStatus>& statuses) {
  std::string labels;
  for (const std::string& label : metric.label_names) {
    labels += (labels.empty() ? "{" : ",") + label;
  }
  labels += labels.empty() ? "" : "}";
  std::printf("  %-9s %s%s", std::string(to_string(metric.type)).c_str(), metric.name.c_str(), labels.c_str());
  if (!metric.buckets.empty()) {
    std::printf(", %zu buckets%s", metric.buckets.size(),
                has_no_sum(metric) ? ", no _sum because a bound is below 0 (in OpenMetrics no _count either)" : "");
  }
  for (const MetricStatus& status : statuses) {
    if (status.name == metric.name && !metric.label_names.empty()) {
      std::printf(", at most %llu series", static_cast<unsigned long long>(status.series_limit));
    }
  }
  std::printf("\n            %s\n", metric.help.c_str());
}

std::string answers_text(const ExpressionFacts& facts) {
  const std::uint64_t missed = facts.asked - facts.answered();
  const bool decides = facts.results.of(ValueKind::kBool) != 0;
  std::string text =
      decides ? "true for " + std::to_string(facts.trues) : "a value for " + std::to_string(facts.answered());
  text += " of " + std::to_string(facts.asked) + " records";
  std::string reasons;
  for (const auto& [reason, count] : skipped_by_reason(facts.failures)) {
    reasons += (reasons.empty() ? "" : ", ") + reason + " " + std::to_string(count);
  }
  return text + (missed == 0 ? "" : "; nothing for " + std::to_string(missed) + " (" + reasons + ")");
}

void print_expressions(const SampledSource& sampled) {
  for (const ExpressionFacts& facts : sampled.sample->expressions()) {
    std::printf("  %s, %s = %s: %s\n", facts.use.what.c_str(), facts.key_text().c_str(), facts.use.text.c_str(),
                answers_text(facts).c_str());
  }
}

}  // namespace leeway
