// All that a configuration exports, with its recording rules, alerts and panels: filled by its monitors, its [[alert]]
// and [[panel]] entries and self-monitoring while it is assembled, read by `check` and by the generators in rules/ and
// dashboards/, which know nothing else. A monitor that is added later needs no change there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/metrics/metric_catalog.h"
#include "agent/metrics/panel.h"
#include "agent/metrics/rule.h"

namespace leeway {

// [rules]: the surroundings that the generated files have to fit.
struct RuleSettings {
  std::string name;   // of the set, such as "shop": names of groups, dashboards, objects
  std::string title;  // for people: "Web shop"
  Duration scrape_interval = std::chrono::seconds(15);
  Duration evaluation_interval = std::chrono::minutes(1);
  Duration retention = std::chrono::hours(24 * 15);  // Prometheus' default
  // Labels that tell the instances of a fleet apart; they are summed over.
  std::vector<std::string> fleet_labels{"instance", "pod"};
  // Labels that Prometheus adds to every series of a target, and that alerts may therefore match.
  std::vector<std::string> target_labels{"job", "instance", "pod", "namespace", "container", "cluster"};
  std::string runbook_url;           // where runbook.md is published, without anchor; empty: alerts carry no link
  std::string dashboard_url;         // Grafana's root, "https://grafana.example.org"; empty: alerts carry no link
  std::string agent_job = "leeway";  // the label `job` under which the agents are scraped
  bool agent_alerts = true;          // alerts about the agent itself; once a Prometheus is enough
  Duration silent_after = std::chrono::hours(1);  // a source without a record for so long is one of them
  std::string team;                               // label `team` of alerts that name none
};

// A time of the week or of a day in which nothing pages: [[maintenance]].
struct MaintenanceWindow {
  std::string name;
  std::vector<std::string> weekdays;    // "sunday", "monday:friday"; empty: every day
  std::string start;                    // "02:00"
  std::string end;                      // "04:00", on the same day; "24:00" at most
  std::string time_zone;                // "UTC"
  std::vector<std::string> severities;  // muted ones; empty: all
};

class Catalog {
 public:
  RuleSettings settings;
  MetricCatalog metrics;
  std::size_t configured_metrics = 0;  // how many of them are configured; after them come those of self-monitoring
  // Metrics of others that alerts and panels may name, and `up` and its like, which Prometheus itself makes.
  MetricCatalog external;
  std::vector<RecordingRule> recording_rules;
  std::vector<AlertRule> alerts;
  std::vector<InhibitRule> inhibitions;
  std::vector<Panel> panels;
  std::vector<MaintenanceWindow> maintenance;
  std::vector<std::string> rows;  // of the pack's dashboard, in order; rows that no panel names are left out

  // Adds the rule unless one of that name and those set labels is there: several monitors of a kind share theirs.
  void add_recording_rule(RecordingRule rule);
  const RecordingRule* find_recording_rule(std::string_view name) const;
  // Of an exported or an external metric.
  const MetricDesc* find_metric(std::string_view name) const;

  // Once, when all is declared: sorts panels by dashboard and row and numbers them.
  void arrange();
  // The first panel that shows a metric which the alert reads, or null. After arrange().
  const Panel* panel_of(const AlertRule& alert) const;
};

// "shop", "shop-slo", "shop-agent": uid and file name of a dashboard.
std::string dashboard_uid(const RuleSettings& settings, DashboardKind kind);

}  // namespace leeway
