#include "agent/monitors/window/window_alerts.h"

#include <algorithm>
#include <array>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/reachable.h"
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

void check_value(TableReader& reader, const LimitKey& limit, double value, const WindowSettings& settings) {
  if (!check_reachable(reader, limit.key, value, limit.lower, settings.desc) || limit.lower) {
    return;
  }
  if (settings.aggregate == WindowAggregate::kGap && value < to_seconds(settings.step)) {
    reader.error(limit.key, "'above' is " + number_text(value) + ", but gaps shorter than a step of the window, " +
                                format_duration(settings.step) + ", may be missed; expected at least " +
                                number_text(to_seconds(settings.step)));
  }
}

void check_times(TableReader& reader, const LimitKey& limit, double value, const WindowSettings& settings) {
  const std::string key = limit.key;
  if (!settings.usual) {
    reader.error(key, "the window has no 'usual' to compare with; expected one, such as usual = \"7d\"");
  } else if (!(value > 0)) {
    reader.error(
        key, "'" + key + "' is " + number_text(value) + "; expected how many times the usual value, such as 2 or 0.5");
  } else if (settings.usual->kind == UsualKind::kConstant && settings.usual->constant == 0) {
    reader.error(key, "'usual' is 0, of which no value is so many times; expected a limit of the value itself, '" +
                          std::string(limit.lower ? "below" : "above") + "'");
  } else {
    check_reachable(reader, key, value, limit.lower, settings.times_usual);
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
    if (limit.of_usual) {
      check_times(reader, limit, alert.limit, settings);
    } else {
      check_value(reader, limit, alert.limit, settings);
    }
  }
  if (found == nullptr) {
    reader.error("name", "when does it fire? expected one of above, below, above_usual, below_usual");
  }
}

void read_floor(TableReader& reader, const WindowSettings& settings, WindowAlert& alert) {
  alert.floor = reader.number("floor");
  if (!alert.floor) {
    return;
  }
  if (alert.lower || !alert.of_usual) {
    reader.error("floor", "'floor' is for 'above_usual' only: the value that is at least needed");
  } else {
    check_side(reader, "floor", *alert.floor, false, settings.desc);
  }
}

void read_min_count(TableReader& reader, const WindowSettings& settings, WindowAlert& alert) {
  alert.min_count = reader.integer("min_count", 1, kMostEvents).value_or(0);
  if (alert.min_count == 0) {
    return;
  }
  const auto least = static_cast<double>(alert.min_count);
  const std::string text = "'min_count' is " + std::to_string(alert.min_count);
  if (!settings.has_samples()) {
    reader.error("min_count", "the value of the window is the number of records; expected a limit alone");
  } else if (least < static_cast<double>(settings.min_count)) {
    reader.error("min_count", text + ", but the window has no value of fewer than " +
                                  std::to_string(settings.min_count) + " records, its own 'min_count'; expected more");
  } else if (least > settings.samples.range.most) {
    reader.error("min_count", text + ", which can never be reached: the window keeps at most " +
                                  number_text(settings.samples.range.most) + " records; expected less");
  } else if (const double rate = least / to_seconds(settings.over);
             settings.aggregate == WindowAggregate::kRate && alert.lower && !alert.of_usual && alert.limit <= rate) {
    reader.error("min_count", text + ", but so many records within " + format_duration(settings.over) +
                                  " are a rate of " + number_text(rate) + ", which is not below " +
                                  number_text(alert.limit) + "; expected less");
  }
}

// What lasts becomes the usual.
void check_hold(TableReader& reader, const WindowSettings& settings, const WindowAlert& alert) {
  if (!alert.of_usual || !settings.usual || settings.usual->kind == UsualKind::kConstant) {
    return;
  }
  const Duration before = settings.usual->kind == UsualKind::kPrevious ? settings.over : settings.usual->span;
  if (alert.hold >= before + settings.over) {
    reader.error("for", "'for' is " + format_duration(alert.hold) + ", but what lasts " +
                            format_duration(before + settings.over) +
                            " is usual by then, so the alert could never fire; expected less");
  }
}

WindowAlert read_alert(TableReader& reader, const WindowSettings& settings) {
  WindowAlert alert;
  alert.name = reader.required_string("name");
  if (!alert.name.empty() && !is_alert_name(alert.name)) {
    reader.error("name", "'" + alert.name + "' is not an alert name; expected CamelCase such as \"HighErrorRate\"");
  }
  read_limit_of(reader, settings, alert);
  read_floor(reader, settings, alert);
  read_min_count(reader, settings, alert);
  alert.severity = read_severity(reader, "severity").value_or(Severity::kWarning);
  alert.hold = read_hold(reader, {});
  check_hold(reader, settings, alert);
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
