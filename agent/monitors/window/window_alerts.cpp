#include "agent/monitors/window/window_alerts.h"

#include <algorithm>
#include <array>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/condition_parts.h"
#include "agent/config/config_tables.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/window/window_settings.h"

namespace leeway {
namespace {

struct LimitKey {
  const char* key;
  bool lower;
  bool of_usual;
};
constexpr std::array<LimitKey, 4> kLimits{
    {{"above", false, false}, {"below", true, false}, {"above_usual", false, true}, {"below_usual", true, true}}};

void check_limit(TableReader& reader, const LimitKey& limit, double value, const WindowSettings& settings) {
  if (!limit.of_usual) {
    check_reachable(reader, limit.key, value, limit.lower, unit_of(settings.desc));
  } else if (!settings.usual) {
    reader.error(limit.key, "the window has no 'usual' to compare with; expected one, such as usual = \"7d\"");
  } else if (!(value > 0)) {
    reader.error(limit.key, "'" + std::string(limit.key) + "' is " + number_text(value) +
                                "; expected how many times the usual value, such as 2 or 0.5");
  }
}

void read_limit_of(TableReader& reader, const WindowSettings& settings, WindowAlert& alert) {
  const char* found = nullptr;
  for (const LimitKey& limit : kLimits) {
    if (!reader.has(limit.key)) {
      continue;
    }
    if (found != nullptr) {
      reader.error(limit.key,
                   "both '" + std::string(found) + "' and '" + limit.key + "' are given; an alert has one condition");
    }
    found = limit.key;
    alert.lower = limit.lower;
    alert.of_usual = limit.of_usual;
    alert.limit = read_limit(reader, limit.key).value_or(0);
    check_limit(reader, limit, alert.limit, settings);
  }
  if (found == nullptr) {
    reader.error("name", "when does it fire? expected one of above, below, above_usual, below_usual");
  }
}

WindowAlert read_alert(TableReader& reader, const WindowSettings& settings) {
  WindowAlert alert;
  alert.name = reader.required_string("name");
  if (!alert.name.empty() && !is_alert_name(alert.name)) {
    reader.error("name", "'" + alert.name + "' is not an alert name; expected CamelCase such as \"HighErrorRate\"");
  }
  read_limit_of(reader, settings, alert);
  alert.floor = reader.number("floor");
  if (alert.floor && (alert.lower || !alert.of_usual)) {
    reader.error("floor", "'floor' is for 'above_usual' only: the value that is at least needed");
  }
  alert.min_count = reader.integer("min_count", 1, kMostEvents).value_or(0);
  if (alert.min_count > 0 && !settings.has_samples()) {
    reader.error("min_count", "the value of the window is the number of records; expected a limit alone");
  }
  alert.severity = read_severity(reader, "severity").value_or(Severity::kWarning);
  alert.hold = read_hold(reader, {});
  alert.keep_firing_for = reader.duration_or_zero("keep_firing_for").value_or(Duration{});
  alert.team = reader.string("team").value_or("");
  alert.summary = reader.string("summary").value_or("");
  alert.description = reader.string("description").value_or("");
  alert.comment = reader.string("comment").value_or("");
  alert.runbook = read_runbook(reader);
  reader.report_unused_keys();
  return alert;
}

}  // namespace

std::vector<WindowAlert> read_window_alerts(TableReader& reader, const WindowSettings& settings) {
  std::vector<WindowAlert> alerts;
  for_each_table(reader, "window", "alerts", [&](TableReader& entry) {
    WindowAlert alert = read_alert(entry, settings);
    if (std::any_of(alerts.begin(), alerts.end(), [&](const WindowAlert& other) { return other.name == alert.name; })) {
      entry.error("name", "the window has an alert '" + alert.name + "' already");
    }
    alerts.push_back(std::move(alert));
  });
  return alerts;
}

}  // namespace leeway
