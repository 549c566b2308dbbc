#include "agent/self/agent_panels.h"

#include <array>

#include "agent/promql/selector.h"

namespace leeway {
namespace {

constexpr const char* kState = "State";
constexpr const char* kInput = "Input";
constexpr const char* kTrouble = "Losses, rejects and anomalies";
constexpr const char* kSeries = "Series";
constexpr const char* kCost = "Cost";

enum class Show : std::uint8_t { kValue, kRate, kIncrease, kAge, kShare, kQuantiles };

// One panel on one metric.
struct PanelLine {
  const char* row;
  const char* title;
  const char* description;
  const char* metric;
  Show show;
  const char* by;  // labels to keep besides instance, also in the legend
  PanelKind kind;
  PanelUnit unit;
  int width;
  const char* whole = "";  // of kShare: the metric that this one is a share of
};

constexpr double kNearlyFull = 0.8;  // a metric with this share of its series limit is marked

constexpr PanelKind kGraph = PanelKind::kTimeSeries;

constexpr std::array<PanelLine, 38> kRows = {{
    {kState, "Ready", "1 once every source has been read to its end.", "leeway_ready", Show::kValue, "",
     PanelKind::kStat, PanelUnit::kBool, 6},
    {kState, "Configuration read", "Whether the last attempt to read the configuration succeeded.",
     "leeway_config_last_reload_successful", Show::kValue, "", PanelKind::kStat, PanelUnit::kBool, 6},
    {kState, "Started", "When the process started.", "process_start_time_seconds", Show::kValue, "", PanelKind::kStat,
     PanelUnit::kTimestamp, 6},
    {kState, "Configuration in use since", "When the configuration in use was read.",
     "leeway_config_last_reload_success_timestamp_seconds", Show::kValue, "", PanelKind::kStat, PanelUnit::kTimestamp,
     6},
    {kState, "Versions", "The version that runs on each instance.", "leeway_build_info", Show::kValue, "version",
     PanelKind::kTable, PanelUnit::kNone, 12},
    {kState, "Checkpoint failures", "Checkpoints that could not be written; metrics do not change meanwhile.",
     "leeway_checkpoint_failures_total", Show::kIncrease, "", kGraph, PanelUnit::kNone, 12},
    {kState, "Age of the checkpoint", "How long ago the state was saved.",
     "leeway_checkpoint_last_success_timestamp_seconds", Show::kAge, "", kGraph, PanelUnit::kSeconds, 12},
    {kState, "Duration of checkpoints", "Duration of the last checkpoint.", "leeway_checkpoint_duration_seconds",
     Show::kValue, "", kGraph, PanelUnit::kSeconds, 12},
    {kState, "Web configuration read", "Whether the last attempt to read the web configuration succeeded.",
     "leeway_web_config_last_reload_successful", Show::kValue, "", PanelKind::kStat, PanelUnit::kBool, 6},
    {kState, "Certificate expires", "When the certificate of the web server expires, or one of its chain.",
     "leeway_web_certificate_not_after_timestamp_seconds", Show::kValue, "", PanelKind::kStat, PanelUnit::kTimestamp,
     6},
    {kState, "Refused clients", "Connections and requests that were turned away as the web configuration says.",
     "leeway_web_refused_total", Show::kIncrease, "reason", kGraph, PanelUnit::kNone, 12},
    {kInput, "Records", "Records given to the metrics of the source, per second.", "leeway_source_records_total",
     Show::kRate, "source", kGraph, PanelUnit::kPerSecond, 12},
    {kInput, "Bytes", "Bytes of the source's files that were read and applied, per second.",
     "leeway_source_read_bytes_total", Show::kRate, "source", kGraph, PanelUnit::kBytesPerSecond, 12},
    {kInput, "Lag", "Bytes written to the source's files and not yet applied.", "leeway_source_lag_bytes", Show::kValue,
     "source", kGraph, PanelUnit::kBytes, 12},
    {kInput, "Age of the latest record", "Time since the event time of the latest record.",
     "leeway_source_last_record_timestamp_seconds", Show::kAge, "source", kGraph, PanelUnit::kSeconds, 12},
    {kInput, "Open files", "Files of the source that are open.", "leeway_source_open_files", Show::kValue, "source",
     kGraph, PanelUnit::kNone, 12},
    {kInput, "Rotations", "Files that were renamed or replaced by a new one.", "leeway_source_rotations_total",
     Show::kIncrease, "source", kGraph, PanelUnit::kNone, 12},
    {kTrouble, "Rejected lines", "Lines that are not records, by reason, per second.",
     "leeway_source_rejected_lines_total", Show::kRate, "source, reason", kGraph, PanelUnit::kPerSecond, 12},
    {kTrouble, "Lost bytes", "Bytes that are certainly lost, by reason.", "leeway_source_lost_bytes_total",
     Show::kIncrease, "source, reason", kGraph, PanelUnit::kBytes, 12},
    {kTrouble, "Late records", "Records older than the allowed lateness; they count.",
     "leeway_source_late_records_total", Show::kIncrease, "source", kGraph, PanelUnit::kNone, 8},
    {kTrouble, "Records from the future", "Records from further in the future than allowed; they count.",
     "leeway_source_future_records_total", Show::kIncrease, "source", kGraph, PanelUnit::kNone, 8},
    {kTrouble, "Unreadable files", "Files of the source that cannot be read.", "leeway_source_unreadable_files",
     Show::kValue, "source", kGraph, PanelUnit::kNone, 8},
    {kTrouble, "Damaged data files", "Data files whose content cannot be used, by reason.",
     "leeway_source_damaged_files", Show::kValue, "source, reason", kGraph, PanelUnit::kNone, 8},
    {kTrouble, "Anomalies", "Records that count despite an anomaly, by kind, per second.",
     "leeway_source_anomalies_total", Show::kRate, "source, kind", kGraph, PanelUnit::kPerSecond, 8},
    {kTrouble, "Read errors", "Read attempts that failed with an error of the operating system.",
     "leeway_source_poll_errors_total", Show::kIncrease, "source", kGraph, PanelUnit::kNone, 8},
    {kTrouble, "Truncations", "Files that became shorter or were overwritten.", "leeway_source_truncations_total",
     Show::kIncrease, "source", kGraph, PanelUnit::kNone, 8},
    {kTrouble, "Dropped datagrams and connections", "Datagrams and connections that were not read, by reason.",
     "leeway_source_dropped_total", Show::kIncrease, "source, reason", kGraph, PanelUnit::kNone, 8},
    {kTrouble, "Streams that are open", "1 while something can arrive at a socket, at standard input or in a FIFO.",
     "leeway_source_input_open", Show::kValue, "source", kGraph, PanelUnit::kNone, 8},
    {kTrouble, "Open connections", "Connections, or writers of a FIFO, at this moment.",
     "leeway_source_open_connections", Show::kValue, "source", kGraph, PanelUnit::kNone, 8},
    {kSeries, "Series by metric", "Current number of series of each metric.", "leeway_metric_series", Show::kValue,
     "metric", kGraph, PanelUnit::kNone, 12},
    {kSeries, "Share of the limit", "Series of each metric as a share of its maximum, from half of it on.",
     "leeway_metric_series", Show::kShare, "metric", kGraph, PanelUnit::kRatio, 12, "leeway_metric_series_limit"},
    {kSeries, "Skipped records", "Records that do not count for the metric, by reason, per second.",
     "leeway_metric_skipped_records_total", Show::kRate, "metric, reason", kGraph, PanelUnit::kPerSecond, 12},
    {kSeries, "Comparisons of different types",
     "Such as a number with a text: they are never equal. The agent's log has an example.",
     "leeway_metric_type_mismatches_total", Show::kRate, "metric", kGraph, PanelUnit::kPerSecond, 12},
    {kSeries, "Overflowed records",
     "Records counted in the series overflow=\"true\" because the metric has reached its limit.",
     "leeway_metric_overflowed_records_total", Show::kIncrease, "metric", kGraph, PanelUnit::kNone, 12},
    {kCost, "CPU", "Share of one CPU.", "process_cpu_seconds_total", Show::kRate, "", kGraph, PanelUnit::kRatio, 8},
    {kCost, "Memory", "Resident memory.", "process_resident_memory_bytes", Show::kValue, "", kGraph, PanelUnit::kBytes,
     8},
    {kCost, "File descriptors", "Open file descriptors.", "process_open_fds", Show::kValue, "", kGraph,
     PanelUnit::kNone, 8},
    {kCost, "Scrapes", "Time to read new data, commit it and write the page.", "leeway_scrape_duration_seconds",
     Show::kQuantiles, "", kGraph, PanelUnit::kSeconds, 8},
}};

std::vector<PanelQuery> queries_of(const PanelLine& row) {
  const std::string by = *row.by == '\0' ? "instance" : std::string("instance, ") + row.by;
  std::string legend = "{{instance}}";
  std::string rest = row.by;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(", ");
    legend += " {{" + rest.substr(0, comma) + "}}";
    rest = comma == std::string::npos ? "" : rest.substr(comma + 2);
  }
  const std::string selector = panel_selector(row.metric);
  const bool instant = row.kind != PanelKind::kTimeSeries;
  switch (row.show) {
    case Show::kValue: {
      const bool milliseconds = row.unit == PanelUnit::kTimestamp;  // the unit of Grafana's times
      return {{selector + (milliseconds ? " * 1000" : ""), legend, instant}};
    }
    case Show::kRate:
      return {{"sum by (" + by + ") (rate(" + selector + "[$__rate_interval]))", legend, instant}};
    case Show::kIncrease:
      return {{"sum by (" + by + ") (increase(" + selector + "[$__rate_interval]))", legend, instant}};
    case Show::kAge:
      return {{"time() - " + selector, legend, instant}};
    case Show::kShare:
      return {{selector + " / " + panel_selector(row.whole), legend, instant}};
    case Show::kQuantiles: {
      const std::string buckets =
          "sum by (le) (rate(" + panel_selector(std::string(row.metric) + "_bucket") + "[$__rate_interval]))";
      return {{"histogram_quantile(0.5, " + buckets + ")", "p50"},
              {"histogram_quantile(0.99, " + buckets + ")", "p99"}};
    }
  }
  return {};
}

Panel overview(const char* title, const char* description, PanelKind kind, PanelUnit unit) {
  Panel panel;
  panel.row = kOverviewRow;
  panel.title = title;
  panel.description = description;
  panel.kind = kind;
  panel.unit = unit;
  return panel;
}

// Whether somebody is alerted, and whether there is anything to be alerted by.
void add_overview(Catalog& catalog) {
  Panel alerts = overview("Alerts that fire", "The alerts of the job that fire now, and for how many series.",
                          PanelKind::kTable, PanelUnit::kNone);
  alerts.queries = {{R"(count by (alertname, severity) (ALERTS{alertstate="firing", job=~"$job"}))", "", true}};
  alerts.no_value = "None, if the rules are loaded";
  catalog.panels.push_back(std::move(alerts));
  const std::string& job = catalog.settings.agent_job;
  const std::string up = job.empty() ? panel_selector("up") : "up{job=" + quote_promql(job) + "}";
  Panel down =
      overview("Agents down", "Agents that Prometheus scrapes without success.", PanelKind::kStat, PanelUnit::kNone);
  down.queries = {{"count(" + up + ") - sum(" + up + ")", "down", true}};
  if (!job.empty()) {
    down.metrics = {"up"};  // of another job
  }
  down.thresholds = {{1, Severity::kCritical}};
  down.width = 4;
  catalog.panels.push_back(std::move(down));
  Panel silent = overview("Since the last record", "Time since each source last had a record, on any instance.",
                          PanelKind::kStat, PanelUnit::kSeconds);
  silent.queries = {{"time() - max by (source) (" + panel_selector("leeway_source_last_record_timestamp_seconds") + ")",
                     "{{source}}", true}};
  silent.metrics = {"leeway_source_last_record_timestamp_seconds"};
  silent.width = 8;
  catalog.panels.push_back(std::move(silent));
}

}  // namespace

void add_agent_panels(Catalog& catalog) {
  add_overview(catalog);
  for (const PanelLine& row : kRows) {
    Panel panel;
    panel.dashboard = DashboardKind::kAgent;
    panel.row = row.row;
    panel.title = row.title;
    panel.description = row.description;
    panel.kind = row.kind;
    panel.unit = row.unit;
    panel.width = row.width;
    panel.metrics = {row.metric};
    if (row.show == Show::kShare) {
      panel.metrics.emplace_back(row.whole);
      panel.thresholds = {{kNearlyFull, Severity::kWarning}};
    }
    if (row.unit == PanelUnit::kBool) {
      panel.thresholds = {{1, Severity::kWarning}};
      panel.low_is_bad = true;
    }
    panel.queries = queries_of(row);
    catalog.panels.push_back(std::move(panel));
  }
}

}  // namespace leeway
