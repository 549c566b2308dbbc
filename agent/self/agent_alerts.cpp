#include "agent/self/agent_alerts.h"

#include <algorithm>

#include "agent/alerts/alert_entry.h"
#include "agent/config/toml_reader.h"
#include "agent/promql/selector.h"
#include "agent/self/empty_alerts.h"
#include "agent/self/file_alerts.h"
#include "agent/self/late_alerts.h"
#include "agent/self/silence_alerts.h"
#include "agent/self/source_alerts.h"

namespace leeway {
namespace {

constexpr const char* kDown = "LeewayDown";

constexpr const char* kAlerts = R"toml(
[[alert]]
name = "LeewaySourceLagging"
metric = "leeway_source_lag_bytes"
above = 10_485_760
for = "15m"
summary = "Source $labels.source is read more slowly than it is written."
description = "Source $labels.source: $value written and not yet applied."
runbook = { meaning = "Metrics and alerts lag behind the log. Nothing is lost until rotation removes data that has not been read.", steps = [
  "Check whether the agent is short of CPU: is rate(process_cpu_seconds_total[5m]) near its limit?",
  "Check whether a file grows faster than 100 MB/s, or the disk is slow: leeway_source_read_bytes_total."] }

[[alert]]
name = "LeewayLostBytes"
metric = "leeway_source_lost_bytes_total"
by = ["source", "reason"]
increase_above = { limit = 0, window = "1h" }
summary = "Part of source $labels.source was lost ($labels.reason)."
description = "Source $labels.source lost $value within 1h, reason $labels.reason: counters do not include those lines."
runbook = { meaning = "Bytes that were written will never be counted: a rotated file vanished unread, was overwritten, or a line was too long.", steps = [
  "reason vanished or truncated: keep rotated files until the next rotation (logrotate: delaycompress, rotate 2).",
  "reason oversize: raise max_line of the source.",
  "Check whether leeway_source_lag_bytes was high before the loss."] }

[[alert]]
name = "LeewaySourceGaps"
metric = "leeway_source_gaps_total"
by = ["source", "reason"]
increase_above = { limit = 0, window = "1h" }
summary = "Lines of source $labels.source may be missing or counted twice ($labels.reason)."
description = "Source $labels.source: $value doubts within 1h, reason $labels.reason."
runbook = { meaning = "A file was not found where it could be, or could not be told from another. The agent's log names it.", steps = [
  "reason file_missing: let rotated files stay beside the log, or in a directory below it, until the agent has read them.",
  "reason ambiguous_content: lines that repeat to the byte; give each line its time.",
  "reason rewritten: somebody edits the log; the lines of that moment may be missing or counted twice."] }

[[alert]]
name = "LeewaySeriesCapped"
metric = "leeway_metric_overflowed_records_total"
by = ["metric"]
increase_above = { limit = 0, window = "1h" }
summary = "Metric $labels.metric has reached max_series; records over it."
description = "Metric $labels.metric: $value records of the last 1h were counted in the series overflow=\"true\"."
runbook = { meaning = "The labels have more values than max_series of the metric allows. Totals stay correct; new values share one series.", steps = [
  "Find the label: count by (__name__) of the metric, or its series on the status page.",
  "Map the label to fewer values with `map`, remove old series with `expire`, or raise max_series."] }

[[alert]]
name = "LeewayCheckpointFailing"
metric = "leeway_checkpoint_failures_total"
increase_above = { limit = 0, window = "15m" }
for = "5m"
severity = "critical"
summary = "Agent $labels.instance cannot save its state."
description = "Instance $labels.instance: $value checkpoints could not be written within 15m. Metrics do not change meanwhile, so that no counter can decrease."
by = ["instance"]
runbook = { meaning = "The state directory cannot be written: it is full, read-only or gone. The /metrics page shows the last saved state meanwhile.", steps = [
  "Check the agent's log and the disk of [agent] state_dir."] }

[[alert]]
name = "LeewayStateDiscarded"
metric = '''leeway_state_discarded_total{reason!="changed"}'''
by = ["instance", "reason"]
increase_above = { limit = 0, window = "1h" }
summary = "Agent $labels.instance could not use a part of its state ($labels.reason)."
description = "Instance $labels.instance: $value components started from the beginning within 1h, reason $labels.reason."
runbook = { meaning = "What the agent had counted is lost for these components; their counters began at 0 again.", steps = [
  "The agent's log names them, and why; damaged files are kept as checkpoint.*.corrupt.* in [agent] state_dir.",
  "reason newer: an earlier release was started on the state of a later one.",
  "reason too_large: divide the monitor, or give it fewer keys or series."] }

[[alert]]
name = "LeewayStale"
metric = "leeway_snapshot_age_seconds"
above = 60
for = "5m"
by = ["instance"]
summary = "Agent $labels.instance shows old values."
description = "Instance $labels.instance: the values on its page are $value old."
runbook = { meaning = "The agent answers, but its reading or its saving does not progress: a disk does not answer, or checkpoints fail.", steps = [
  "Check the agent's log, and the disks of the logs and of [agent] state_dir.",
  "See leeway_checkpoint_failures_total and leeway_source_lag_bytes."] }

[[alert]]
name = "LeewayConfigurationBroken"
metric = "leeway_config_last_reload_successful"
below = 1
for = "5m"
summary = "Agent $labels.instance has an old configuration, the new one is wrong."
description = "Instance $labels.instance could not read its configuration; its log says why."
runbook = { meaning = "A reload failed; the agent continues with the old configuration. A restart would fail.", steps = [
  "Run `leeway check --config.file` on the new configuration: it lists all errors with their lines."] }

[[alert]]
name = "LeewayWebConfigurationBroken"
metric = "leeway_web_config_last_reload_successful"
below = 1
for = "5m"
summary = "Agent $labels.instance has old certificates or passwords, the new ones are wrong."
description = "Instance $labels.instance could not read its web configuration; its log says why."
runbook = { meaning = "The file of --web.config.file, or one that it names, was changed and is wrong; the agent continues with what it had. A restart would fail.", steps = [
  "The agent's log says what is wrong, where, and what was expected; the file is read again every second.",
  "Is it about a key that does not belong to its certificate? Then only one of the two was renewed."] }

[[alert]]
name = "LeewayCertificateExpiring"
promql = "leeway_web_certificate_not_after_timestamp_seconds - time() < 604800"
unit = "seconds"
for = "15m"
summary = "The certificate of agent $labels.instance expires within a week."
description = "Instance $labels.instance: the certificate, or one of its chain, is valid for $value more."
runbook = { meaning = "Once it has expired, Prometheus refuses to scrape the agent, and nothing that it reads is monitored.", steps = [
  "Renew the files of cert_file and key_file of the web configuration; the agent reads them within seconds, without a restart.",
  "Check why they were not renewed automatically.",
  "If certificates live for less than a week by intent, replace this alert by an [[alert]] of the same name."] }
[[alert.test]]
name = "fires a week before the end, resolves once it is renewed"
interval = "1m"
input = { 'leeway_web_certificate_not_after_timestamp_seconds{job="leeway", instance="a"}' = "606600x70 1440000x30" }
fires = ["46m"]
quiet = ["45m", "72m"]
labels = { job = "leeway", instance = "a" }
value = 603840

[[alert]]
name = "LeewayClockAhead"
metric = "leeway_source_future_records_total"
by = ["source"]
increase_above = { limit = 0, window = "1h" }
for = "5m"
summary = "Source $labels.source has records from the future."
description = "Source $labels.source: $value records of the last 1h have a time in the future."
runbook = { meaning = "A clock is ahead, or `time_zone` of the source is wrong. The records count, at the time of the latest valid record.", steps = [
  "Compare the last line of the log with `date`."] }

[[alert]]
name = "LeewayRecordsLate"
metric = "leeway_source_records_total"
by = ["source"]
ratio_above = { of = "leeway_source_late_records_total", limit = 0.01, window = "1h", min_count = 100 }
for = "15m"
summary = "Records of source $labels.source come late."
description = "$value of the records of source $labels.source within 1h are further behind the latest one than is allowed."
runbook = { meaning = "They count, but windows may have passed them, and what alerts say of them they say late.", steps = [
  "Compare the times of neighbouring lines: several writers of one file, a shipper that sends in bursts, or a clock that is behind.",
  "If that is usual, raise allowed_lateness of the source, and lateness of the windows and states that read it."] }

[[alert]]
name = "LeewayInputClosed"
metric = "leeway_source_input_open"
below = 1
for = "5m"
summary = "Nothing can reach source $labels.source."
description = "Source $labels.source: its socket does not listen, its FIFO has no writer or standard input has ended."
runbook = { meaning = "What a service writes now is lost, or the service waits for a reader. Its metrics do not change.", steps = [
  "See the status page for the state and the error.",
  "state no writer: start what writes to the FIFO.",
  "state ended: restart the agent together with what writes to its standard input.",
  "state unreadable: free the address, or correct `listen`; it is tried again every second."] }

[[alert]]
name = "LeewayInputDropped"
metric = "leeway_source_dropped_total"
by = ["source", "reason"]
increase_above = { limit = 0, window = "1h" }
summary = "Source $labels.source did not receive everything that was sent ($labels.reason)."
description = "Source $labels.source dropped $value datagrams or connections within 1h, reason $labels.reason: counters do not include them."
runbook = { meaning = "What was sent to a socket arrived faster than it was read, or over more connections than are allowed.", steps = [
  "reason receive_buffer: raise net.core.rmem_max and receive_buffer of the source, or send by TCP or a local socket, whose senders wait.",
  "reason connection_limit: raise max_connections of the source, or find out who opens so many."] }
)toml";

// The alerts that depend on the settings.
std::string configured_alerts(const RuleSettings& settings) {
  const std::string job = settings.agent_job.empty() ? "" : "{job=" + quote_promql(settings.agent_job) + "}";
  return "[[alert]]\nname = \"" + std::string(kDown) + "\"\nmetric = '''up" + job +
         "'''\nbelow = 1\nfor = \"5m\"\nseverity = \"critical\"\n" +
         "summary = \"Agent $labels.instance is down.\"\n"
         "description = \"Prometheus cannot scrape $labels.instance: nothing that it reads is monitored.\"\n"
         "runbook = { meaning = \"The agent, its host or the network to it is down. Nothing is lost: it continues "
         "where it stopped, unless rotation removes the log meanwhile.\", steps = [\"Check whether the process runs, "
         "and its log.\", \"Open its /metrics page from the host of Prometheus.\"] }\n";
}

// Whether the configuration has an alert of that name.
bool is_replaced(const std::string& name, const Catalog& catalog) {
  return std::any_of(catalog.alerts.begin(), catalog.alerts.end(),
                     [&name](const AlertRule& alert) { return alert.name == name; });
}

}  // namespace

void add_agent_alerts(Catalog& catalog) {
  if (!catalog.settings.agent_alerts) {
    return;
  }
  // These texts have no errors: the tests of the rules would fail.
  Diagnostics ignored;
  const std::size_t before = catalog.alerts.size();
  const ConfigTable config =
      parse_toml(configured_alerts(catalog.settings) + kAlerts + file_alerts(catalog), "the agent's alerts", ignored);
  const ConfigValue* entries = config.find("alert");
  for (const ConfigValue& entry : entries == nullptr ? ConfigArray{} : *entries->get_if<ConfigArray>()) {
    if (!is_replaced(*entry.get_if<ConfigTable>()->find("name")->get_if<std::string>(), catalog)) {
      read_alert(entry, catalog, ignored);
    }
  }
  for (std::vector<AlertRule>& alerts : std::vector{source_alerts(catalog.settings), late_alerts(catalog)}) {
    for (AlertRule& alert : alerts) {
      if (!is_replaced(alert.name, catalog)) {
        catalog.alerts.push_back(std::move(alert));
      }
    }
  }
  // Alerts that say the same of each kind of source, under a name for each.
  const auto add_kinds = [&catalog](const char* name, std::vector<AlertRule> (*alerts)(const Catalog&)) {
    if (!is_replaced(name, catalog)) {
      for (AlertRule& alert : alerts(catalog)) {
        catalog.alerts.push_back(std::move(alert));
      }
    }
  };
  add_kinds(kSourceEmptyAlert, empty_alerts);
  add_kinds(kNoMatchingFileAlert, no_file_alerts);
  add_kinds(kSourceSilentAlert, silence_alerts);
  for (std::size_t i = before; i < catalog.alerts.size(); ++i) {
    AlertRule& alert = catalog.alerts[i];
    alert.group = "agent";
    if (alert.name == kDown && !catalog.settings.agent_job.empty()) {
      // The job of the agents differs from the one that the other alerts have.
      const RuleLabels& scope = catalog.settings.scope_labels;
      alert.labels.insert(alert.labels.end(), scope.begin(), scope.end());
    }
  }
}

void inhibit_while_agent_is_down(Catalog& catalog) {
  std::vector<std::string> names;
  for (const AlertRule& alert : catalog.alerts) {
    const bool absence = alert.expr.starts_with("absent(") && !alert.metrics.empty() &&
                         catalog.metrics.find(alert.metrics.front()) != nullptr;
    if (absence && std::find(names.begin(), names.end(), alert.name) == names.end()) {
      names.push_back(alert.name);
    }
  }
  for (const std::string& name : names) {
    catalog.inhibitions.push_back(
        {{{"alertname", kDown}}, {{"alertname", name}}, {}, "An agent that is down exports nothing."});
  }
}

}  // namespace leeway
