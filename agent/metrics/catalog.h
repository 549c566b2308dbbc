// All metrics, recording rules, alerts and panels of a configuration: filled by its monitors, its [[alert]] and
// [[panel]] entries and self-monitoring during assembly, read by `check` and by the generators in rules/ and
// dashboards/, which depend on nothing else. Adding a monitor needs no change there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/error.h"
#include "agent/metrics/metric_catalog.h"
#include "agent/metrics/panel.h"
#include "agent/metrics/rule.h"

namespace leeway {

// How many scrapes a window of rates has to hold, and how many so that it has a value even where one is missed.
inline constexpr int kFewestScrapes = 2;
inline constexpr int kEnoughScrapes = 4;

// [rules]: the environment of the generated files.
struct RuleSettings {
  std::string name;   // of the set, such as "shop": names of groups, dashboards, objects
  std::string title;  // for users: "Web shop"; may be empty
  const std::string& shown_title() const { return title.empty() ? name : title; }
  Duration scrape_interval = std::chrono::seconds(15);
  Duration evaluation_interval = std::chrono::minutes(1);
  Duration retention = std::chrono::hours(24 * 15);  // Prometheus' default
  // Labels that distinguish the instances of a fleet; they are summed over.
  std::vector<std::string> fleet_labels{"instance", "pod"};
  // Labels that Prometheus adds to every series of a target, and that alerts may therefore match.
  std::vector<std::string> target_labels{"job", "instance", "pod", "namespace", "container", "cluster"};
  std::string runbook_url;    // where runbook.md is published, without anchor; empty: alerts carry no link
  std::string dashboard_url;  // Grafana's root, "https://grafana.example.org"; empty: alerts carry no link
  // Which series are of this service, as between braces: `job="shop"`. Written into every selector of what is
  // generated.
  std::string scope;
  RuleLabels scope_labels;   // the labels of the scope that have one value, at least one: every alert carries them
  std::string agent_job;     // the label `job` of `up` of the agents; empty: as the scope says
  bool agent_alerts = true;  // alerts about the agent itself
  Duration silent_after = std::chrono::hours(1);  // a source without a record for this long raises one
  bool silent_after_given = false;  // so that it also holds for data files, which have a pace of their own
  std::string team;                 // label `team` of alerts that name none
};

// A time of the week or day in which alerts are muted: [[maintenance]].
struct MaintenanceWindow {
  std::string name;
  std::vector<std::string> weekdays;    // "sunday", "monday:friday"; empty: every day
  std::string start;                    // "02:00"
  std::string end;                      // "04:00", on the same day; "24:00" at most
  std::string time_zone;                // "UTC"
  std::vector<std::string> severities;  // muted ones; empty: all
};

enum class SourceKind : std::uint8_t { kLog, kStream, kDataFile };

// When a source is to be reported as silent.
struct SourceSilence {
  std::string name;
  SourceKind kind = SourceKind::kLog;
  std::optional<Duration> after;  // none: as the settings say, or by the pace of a data file
};

class Catalog {
 public:
  RuleSettings settings;
  MetricCatalog metrics;
  std::size_t configured_metrics = 0;  // the first of them; the others are self-monitoring metrics
  // External metrics that alerts and panels may name, and `up` and similar ones, which Prometheus itself creates.
  MetricCatalog external;
  std::vector<RecordingRule> recording_rules;
  std::vector<AlertRule> alerts;
  std::vector<InhibitRule> inhibitions;
  std::vector<Panel> panels;
  std::vector<MaintenanceWindow> maintenance;
  std::map<std::string, std::vector<std::string>, std::less<>> unjudged;  // SLO -> names of maintenance windows
  std::vector<SourceSilence> sources;
  std::vector<std::string> rows;  // of the pack's dashboard, in order; rows without panels are left out
  // What declarations found wrong with the configuration.
  std::vector<Error> errors;
  std::vector<Error> warnings;

  // Adds the rule unless one with that name and those set labels exists: monitors of one kind share rules.
  void add_recording_rule(RecordingRule rule);
  const RecordingRule* find_recording_rule(std::string_view name) const;
  // Of an exported or an external metric.
  const MetricDesc* find_metric(std::string_view name) const;

  // Called once, after all declarations: sorts panels by dashboard and row and numbers them.
  void arrange();
  // The first panel, but for the overview, that shows a metric which the alert reads, or null. After arrange().
  const Panel* panel_of(const AlertRule& alert) const;
};

// The `job_name` under which Prometheus has to scrape the agents: that of the scope, or else the name of the set.
std::string job_name(const RuleSettings& settings);

// "shop", "shop-slo", "shop-agent": uid and file name of a dashboard.
std::string dashboard_uid(const RuleSettings& settings, DashboardKind kind);

}  // namespace leeway
