#include "agent/alerts/rule_settings.h"

#include <algorithm>
#include <optional>

#include "agent/config/config_tables.h"
#include "agent/config/metric_names.h"
#include "agent/config/table_reader.h"
#include "agent/core/ascii.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

// How long a sample counts as the present value of its series, unless Prometheus is told otherwise.
constexpr Duration kLookBack = std::chrono::minutes(5);

bool is_object_name(std::string_view name) {
  const auto inner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  constexpr std::size_t kLongest = 30;  // leaves room for "-agent" in Grafana's 40 characters of a uid
  return !name.empty() && name.size() <= kLongest && std::all_of(name.begin(), name.end(), inner) &&
         name.front() != '-' && name.back() != '-';
}

void read_url(TableReader& reader, std::string_view key, std::string& url) {
  url = reader.string(key).value_or("");
  while (!url.empty() && url.back() == '/') {
    url.pop_back();
  }
  const bool plain =
      std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '{'; });
  if (!url.empty() && (!(url.starts_with("https://") || url.starts_with("http://")) || !plain)) {
    reader.error(key, "'" + std::string(key) + "' is not a URL; expected one such as https://example.org/runbook.md");
  }
}

void read_label_names(TableReader& reader, std::string_view key, std::vector<std::string>& names) {
  const std::optional<std::vector<std::string>> given = reader.strings(key);
  if (!given) {
    return;
  }
  names = *given;
  for (const std::string& name : names) {
    if (!is_label_name(name)) {
      reader.error(key, "'" + name + "' is not a label name; expected letters, digits and _");
    }
  }
}

void set_scope(const std::vector<LabelMatcher>& matchers, RuleSettings& settings) {
  Selector selector;
  selector.matchers = matchers;
  const std::string braces = selector.to_string();
  settings.scope = braces.substr(1, braces.size() - 2);
  settings.scope_labels.clear();
  for (const LabelMatcher& matcher : matchers) {
    if (matcher.op == "=" && !matcher.value.empty()) {
      settings.scope_labels.emplace_back(matcher.label, matcher.value);
    }
    // Conditions may name them too.
    std::vector<std::string>& known = settings.target_labels;
    if (std::find(known.begin(), known.end(), matcher.label) == known.end()) {
      known.push_back(matcher.label);
    }
  }
}

// A name that every tool accepts: made from a file's stem where [rules] gives none.
std::string object_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const char lower = to_lower(c);
    const bool kept = is_letter(lower) || is_digit(lower);
    if (kept || (!name.empty() && name.back() != '-')) {
      name += kept ? lower : '-';
    }
  }
  constexpr std::size_t kLongest = 30;
  name.resize(std::min(name.size(), kLongest));
  while (!name.empty() && name.back() == '-') {
    name.pop_back();
  }
  return name.empty() ? "leeway" : name;
}

// `job` or `selector`: which series are of this service.
void read_scope(TableReader& reader, RuleSettings& settings) {
  const std::optional<std::string> job = reader.string("job");
  const std::optional<std::string> selector = reader.string("selector");
  if (job && job->empty()) {
    reader.error("job", "'job' is empty; expected the job_name under which Prometheus scrapes the agents");
  }
  if (!selector) {
    set_scope({{"job", "=", job.value_or(settings.name)}}, settings);
    return;
  }
  if (job) {
    reader.error("selector", "both 'job' and 'selector' are given; put the job into the selector");
  }
  // A selector needs the name of a metric.
  const Expected<Selector> parsed = parse_selector("x" + *selector);
  if (!selector->starts_with('{') || !parsed || parsed->matchers.empty()) {
    reader.error("selector", "'" + *selector + "' is not a selector; expected matchers in braces, such as " +
                                 "{job=\"shop\", namespace=\"prod\"}" + (parsed ? "" : ": " + parsed.error().message));
    return;
  }
  set_scope(parsed->matchers, settings);
  if (settings.scope_labels.empty()) {
    reader.error(
        "selector",
        "no label of 'selector' has one value; expected at least one label=\"value\", which alerts carry and by "
        "which inhibition tells services apart");
  }
}

void read_settings(const ConfigTable& table, Position position, RuleSettings& settings, Diagnostics& diagnostics) {
  TableReader reader(table, std::move(position), "[rules]", diagnostics);
  settings.name = reader.string("name").value_or(settings.name);
  if (!is_object_name(settings.name)) {
    reader.error("name",
                 "'" + settings.name +
                     "' cannot be part of the names of files and objects; expected at most 30 lower case letters, "
                     "digits and '-'");
  }
  settings.title = reader.string("title").value_or("");
  settings.scrape_interval = reader.duration("scrape_interval", settings.scrape_interval);
  if (settings.scrape_interval > kLookBack) {
    reader.error("scrape_interval",
                 "'scrape_interval' is over 5m, after which Prometheus treats series as stale: they would come and go");
  }
  settings.evaluation_interval = reader.duration("evaluation_interval", settings.evaluation_interval);
  if (settings.evaluation_interval > kLookBack) {
    reader.error("evaluation_interval",
                 "'evaluation_interval' is over 5m, after which Prometheus treats series as stale");
  }
  settings.retention = reader.duration("retention", settings.retention);
  read_label_names(reader, "fleet_labels", settings.fleet_labels);
  read_label_names(reader, "target_labels", settings.target_labels);
  read_url(reader, "runbook_url", settings.runbook_url);
  read_url(reader, "dashboard_url", settings.dashboard_url);
  read_scope(reader, settings);
  settings.team = reader.string("team").value_or("");
  settings.agent_job = reader.string("agent_job").value_or("");
  settings.agent_alerts = reader.boolean("agent_alerts", true);
  settings.silent_after_given = reader.has("silent_after");
  settings.silent_after = reader.duration("silent_after", settings.silent_after);
  reader.report_unused_keys();
}

bool is_time_of_day(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return false;
  }
  const int hour = (text[0] - '0') * 10 + text[1] - '0';
  const int minute = (text[3] - '0') * 10 + text[4] - '0';
  return minute < 60 && (hour < 24 || (hour == 24 && minute == 0));
}

bool is_weekdays(std::string_view text) {
  static const std::vector<std::string_view> kDays = {"sunday",   "monday", "tuesday", "wednesday",
                                                      "thursday", "friday", "saturday"};
  const auto day = [](std::string_view word) { return std::find(kDays.begin(), kDays.end(), word); };
  const std::size_t colon = text.find(':');
  const auto first = day(text.substr(0, colon));
  if (colon == std::string_view::npos) {
    return first != kDays.end();
  }
  const auto last = day(text.substr(colon + 1));
  return first != kDays.end() && last != kDays.end() && first <= last;
}

void read_maintenance(const ConfigValue& entry, Catalog& catalog, Diagnostics& diagnostics) {
  TableReader reader(*entry.get_if<ConfigTable>(), entry.position(), "[[maintenance]]", diagnostics);
  MaintenanceWindow window;
  window.name = reader.required_string("name");
  for (const MaintenanceWindow& other : catalog.maintenance) {
    if (other.name == window.name && !window.name.empty()) {
      reader.error("name", "a maintenance window named '" + window.name + "' exists already; names are unique");
    }
  }
  window.weekdays = reader.strings("weekdays").value_or(std::vector<std::string>{});
  for (const std::string& day : window.weekdays) {
    if (!is_weekdays(day)) {
      reader.error("weekdays",
                   "'" + day + "' is not a day of the week; expected such as \"sunday\" or \"monday:friday\"");
    }
  }
  window.start = reader.required_string("start");
  window.end = reader.required_string("end");
  for (const std::string_view key : {"start", "end"}) {
    const std::string& time = key == "start" ? window.start : window.end;
    if (!time.empty() && !is_time_of_day(time)) {
      reader.error(key, "'" + time + "' is not a time of day; expected HH:MM, 24:00 at the latest");
    }
  }
  if (is_time_of_day(window.start) && is_time_of_day(window.end) && window.start >= window.end) {
    reader.error("end",
                 "the window ends before it starts; a window over midnight is two, one to 24:00 and one from 00:00");
  }
  window.time_zone = reader.string("time_zone", "UTC");
  window.severities = reader.strings("severities").value_or(std::vector<std::string>{});
  for (const std::string& severity : window.severities) {
    if (severity != "critical" && severity != "warning" && severity != "info") {
      reader.error("severities", "'" + severity + "' is not a severity; expected critical, warning or info");
    }
  }
  reader.report_unused_keys();
  catalog.maintenance.push_back(std::move(window));
}

void read_external(const ConfigValue& entry, Catalog& catalog, Diagnostics& diagnostics) {
  TableReader reader(*entry.get_if<ConfigTable>(), entry.position(), "[[external_metric]]", diagnostics);
  MetricDesc desc;
  desc.name = reader.required_string("name");
  if (!desc.name.empty() && !is_metric_name(desc.name)) {
    reader.error("name", "'" + desc.name + "' is not a metric name; expected letters, digits, _ and :");
  }
  const std::string type = reader.choice("type", {"counter", "gauge", "histogram"}, "gauge");
  desc.type = type == "counter" ? MetricType::kCounter : type == "gauge" ? MetricType::kGauge : MetricType::kHistogram;
  desc.begins_late = desc.type != MetricType::kGauge;  // nothing is known of how its series begin
  desc.help = reader.string("help").value_or("");
  read_label_names(reader, "labels", desc.label_names);
  desc.buckets = reader.numbers("buckets").value_or(std::vector<double>{});
  reader.report_unused_keys();
  if (catalog.metrics.find(desc.name) != nullptr) {
    reader.error(
        "name",
        "'" + desc.name + "' is exported by this configuration itself; an external metric comes from another exporter");
  } else if (const Expected<void> added = catalog.external.add(std::move(desc)); !added) {
    reader.error("name", added.error().message);
  }
}

void add_scrape_metrics(MetricCatalog& external) {
  const auto add = [&external](const char* name, const char* help) {
    static_cast<void>(external.add({name, MetricType::kGauge, help, {}, {}}));
  };
  static_cast<void>(external.add({"ALERTS",
                                  MetricType::kGauge,
                                  "1 while the alert is pending or firing.",
                                  {"alertname", "alertstate", "severity", "slo", "tier", "team"},
                                  {}}));
  add("up", "1 if the last scrape of the target succeeded.");
  add("scrape_duration_seconds", "How long the scrape of the target took.");
  add("scrape_samples_scraped", "Samples that the target exposed.");
}

}  // namespace

void read_maintenance_windows(const ConfigTable& config, Catalog& catalog, Diagnostics& diagnostics) {
  for (const ConfigValue* entry : tables_of(config, "maintenance", diagnostics)) {
    read_maintenance(*entry, catalog, diagnostics);
  }
}

void read_rule_settings(const ConfigTable& config, const std::string& name, Catalog& catalog,
                        Diagnostics& diagnostics) {
  RuleSettings& settings = catalog.settings;
  settings.name = object_name(name);
  set_scope({{"job", "=", settings.name}}, settings);
  if (const ConfigValue* value = config.find("rules")) {
    if (const ConfigTable* table = value->get_if<ConfigTable>()) {
      read_settings(*table, value->position(), settings, diagnostics);
    } else {
      diagnostics.error(value->position(),
                        "'rules' is " + std::string(value->type_name()) + "; expected a table, [rules]");
    }
  }
  if (settings.title.empty()) {
    settings.title = settings.name;
  }
  add_scrape_metrics(catalog.external);
  for (const ConfigValue* entry : tables_of(config, "external_metric", diagnostics)) {
    read_external(*entry, catalog, diagnostics);
  }
}

}  // namespace leeway
