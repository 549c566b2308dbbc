#include "agent/monitors/quality/quality_settings.h"

#include <algorithm>
#include <set>

#include "agent/alerts/alert_keys.h"
#include "agent/config/config_tables.h"
#include "agent/core/units.h"
#include "agent/monitors/quality/quality_kinds.h"
#include "agent/monitors/quality/quality_metrics.h"
#include "agent/monitors/shared/segments.h"

namespace leeway {
namespace {

constexpr std::int64_t kMostWindowRows = 1'000'000'000;
constexpr std::int64_t kDefaultGroups = 50;
constexpr std::int64_t kMostGroups = 1000;
constexpr std::size_t kMostChecks = 1000;
constexpr std::size_t kMostQuantiles = 20;

void read_window(TableReader& reader, QualitySettings& settings) {
  std::optional<TableReader> table = reader.table("window");
  if (!table) {
    return;
  }
  if (table->has("rows") == table->has("time")) {
    table->error("rows", "how long is the window? expected one of 'rows' and 'time'");
  }
  settings.window_rows = static_cast<std::uint64_t>(table->integer("rows", 1, kMostWindowRows).value_or(0));
  settings.window_time = table->duration("time").value_or(Duration{});
  table->report_unused_keys();
}

// Those of one check, with `fallback` from the monitor; or those of the monitor itself.
QualityAlertSettings read_alerts(TableReader& reader, const QualityAlertSettings& fallback, bool of_check) {
  QualityAlertSettings alerts = fallback;
  std::optional<TableReader> table = reader.table("alerts");
  if (!table) {
    return alerts;
  }
  alerts.enabled = table->boolean("enabled", fallback.enabled);
  if (of_check) {
    alerts.name = table->string("name").value_or("");
    if (table->has("name") && !is_alert_name(alerts.name)) {
      table->error("name", "'" + alerts.name + "' is not an alert name; expected one such as 'ScoresOutOfRange'");
    }
  } else {
    alerts.stem = read_alert_stem(*table, "Quality");
  }
  alerts.severity = read_severity(*table, "severity").value_or(fallback.severity);
  alerts.hold = read_hold(*table, fallback.hold);
  alerts.team = table->string("team").value_or(fallback.team);
  if (table->has("runbook")) {
    alerts.runbook = read_runbook(*table);
  }
  table->report_unused_keys();
  return alerts;
}

void read_checks(TableReader& reader, Schema& schema, QualitySettings& settings) {
  std::set<std::pair<std::string, std::string>> names;
  for_each_table(reader, "quality", "check", [&](TableReader& table) {
    const std::size_t before = settings.checks.size();
    settings.entries.emplace_back();
    settings.entries.back().alerts = read_alerts(table, settings.alerts, true);
    read_quality_kind(table, schema, settings);
    for (std::size_t i = before; i < settings.checks.size(); ++i) {
      const QualityCheckSettings& check = settings.checks[i];
      if (!names.emplace(check.name, check.column).second) {
        table.error("name", "there is a check '" + check.name + "'" +
                                (check.column.empty() ? "" : " of '" + check.column + "'") +
                                " already; give this one a 'name' of its own");
        break;
      }
    }
    table.report_unused_keys();
  });
  if (settings.checks.size() > kMostChecks) {
    reader.error("check", "there are " + std::to_string(settings.checks.size()) + " checks; expected up to " +
                              std::to_string(kMostChecks));
  }
}

std::vector<std::size_t> read_expressions(TableReader& reader, Schema& schema, QualitySettings& settings,
                                          std::string_view key) {
  std::vector<std::size_t> inputs;
  const ConfigValue* const value = reader.value(key, KeyType::kText | KeyType::kTexts);
  if (value == nullptr) {
    return inputs;
  }
  const ConfigArray* const list = value->get_if<ConfigArray>();
  const ConfigArray alone{*value};
  for (const ConfigValue& entry : list != nullptr ? *list : alone) {
    if (std::optional<Expression> expression = reader.compile(entry, schema)) {
      inputs.push_back(settings.add_input(std::move(*expression)));
    }
  }
  return inputs;
}

void read_summary(TableReader& table, Schema& schema, QualitySettings& settings) {
  QualitySummarySettings summary;
  summary.inputs = read_expressions(table, schema, settings, "columns");
  if (summary.inputs.empty()) {
    table.missing("columns", "at least one field or expression");
  }
  for (const std::size_t input : summary.inputs) {
    summary.columns.push_back(settings.inputs[input].text());
  }
  summary.by = read_expressions(table, schema, settings, "by");
  if (summary.by.size() > kMostQualityGroupLabels) {
    table.error("by", "'by' has " + std::to_string(summary.by.size()) + " entries; expected up to " +
                          std::to_string(kMostQualityGroupLabels));
  }
  summary.quantiles = table.numbers("quantiles").value_or(std::vector<double>{});
  std::sort(summary.quantiles.begin(), summary.quantiles.end());
  const bool shares = std::all_of(summary.quantiles.begin(), summary.quantiles.end(),
                                  [](double quantile) { return quantile >= 0 && quantile <= 1; });
  if (!shares || summary.quantiles.size() > kMostQuantiles) {
    table.error("quantiles", "'quantiles' are not shares; expected up to " + std::to_string(kMostQuantiles) +
                                 " numbers from 0 to 1 such as [0.05, 0.5, 0.95]");
  }
  summary.max_groups = static_cast<std::size_t>(table.integer("max_groups", 1, kMostGroups, kDefaultGroups));
  for (const QualitySummarySettings& other : settings.summaries) {
    for (const std::string& column : summary.columns) {
      if (other.by.empty() == summary.by.empty() &&
          std::find(other.columns.begin(), other.columns.end(), column) != other.columns.end()) {
        table.error("columns", "'" + column + "' is in an earlier summary " +
                                   (summary.by.empty() ? "too" : "by group too; its series would have the same names"));
      }
    }
  }
  settings.summaries.push_back(std::move(summary));
}

}  // namespace

std::size_t QualitySettings::add_input(Expression expression) {
  const auto at = std::find_if(inputs.begin(), inputs.end(),
                               [&](const Expression& other) { return other.text() == expression.text(); });
  if (at != inputs.end()) {
    return static_cast<std::size_t>(at - inputs.begin());
  }
  inputs.push_back(std::move(expression));
  return inputs.size() - 1;
}

std::string QualitySettings::window_text() const {
  return by_version()       ? "a version of the file"
         : window_rows != 0 ? std::to_string(window_rows) + " rows"
                            : format_duration(window_time);
}

QualitySettings read_quality_settings(TableReader& reader, Schema& schema, bool names_columns) {
  QualitySettings settings;
  settings.names_columns = names_columns;
  settings.name = reader.required_string("name");
  read_window(reader, settings);
  settings.segment = reader.expression("segment", schema);
  settings.max_segments = read_max_segments(reader);
  settings.alerts = read_alerts(reader, {}, false);
  read_checks(reader, schema, settings);
  for_each_table(reader, "quality", "summary", [&](TableReader& table) {
    read_summary(table, schema, settings);
    table.report_unused_keys();
  });
  if (!reader.has("check") && !reader.has("summary")) {
    reader.missing("check", "a [[quality.check]] or a [[quality.summary]]");
  }
  return settings;
}

}  // namespace leeway
