#include "agent/monitors/state/state_alerts.h"

#include <algorithm>
#include <array>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/reachable.h"
#include "agent/config/config_tables.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/state/state_settings.h"

namespace leeway {
namespace {

using std::chrono::hours;

struct ConditionRow {
  const char* key;
  StateCondition condition;
  const char* suffix;  // of the name that the alert has without `name`
  bool needs_good;     // it is about failures
  bool of_ends;        // it has a window, and is summed
};
constexpr std::array<ConditionRow, 6> kConditions{{
    {"overdue", StateCondition::kOverdue, "Overdue", false, false},
    {"in_progress_for", StateCondition::kInProgressFor, "InProgressTooLong", false, false},
    {"failures_above", StateCondition::kFailures, "Failed", true, true},
    {"no_success_for", StateCondition::kNoSuccess, "NoSuccess", false, false},
    {"failure_ratio_above", StateCondition::kFailureRatio, "FailureRatioHigh", true, true},
    {"duration_above", StateCondition::kDuration, "Slow", false, true},
}};

// "pipeline_run" is "PipelineRun".
std::string camel_case(const std::string& name) {
  std::string result;
  bool begins = true;
  for (const char c : name) {
    if (c == '_' || c == ':') {
      begins = true;
      continue;
    }
    result += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins = false;
  }
  return result;
}

// The single condition of the entry; null where there is none or more than one, which is reported.
const ConditionRow* find_condition(TableReader& reader) {
  const ConditionRow* found = nullptr;
  std::string keys;
  for (const ConditionRow& row : kConditions) {
    keys += (keys.empty() ? "" : ", ") + std::string(row.key);
    if (!reader.has(row.key)) {
      continue;
    }
    if (found != nullptr) {
      reader.error(row.key, "both '" + std::string(found->key) + "' and '" + row.key +
                                "' are given; an alert has one condition");
      reader.accept(row.key);
      return nullptr;
    }
    found = &row;
  }
  if (found == nullptr) {
    reader.error("name", "when does it fire? expected one of " + keys);
  }
  return found;
}

// A single one that is in progress is forgotten before the alert has waited for `hold`.
void check_forgotten(TableReader& reader, const StateSettings& settings, Duration since, std::string_view key) {
  const Duration hold = read_hold(reader, {});
  const Duration forget = settings.limits.forget;
  if (since < forget && since + hold >= forget) {
    reader.error("for", "'for' is " + format_duration(hold) + ", but what is in progress for '" + std::string(key) +
                            "', " + format_duration(since) + ", is forgotten after 'forget', " +
                            format_duration(forget) + ", so the alert could never fire; expected less");
  }
}

void check_duration(TableReader& reader, const StateSettings& settings, const StateAlert& alert) {
  if (alert.time >= settings.limits.forget) {
    reader.error("duration_above", "'duration_above' is " + format_duration(alert.time) +
                                       ", but nothing takes longer than 'forget', " +
                                       format_duration(settings.limits.forget) + "; expected less");
    return;
  }
  const std::vector<double>& bounds = settings.limits.buckets;
  const double limit = to_seconds(alert.time);
  const bool known = std::find(bounds.begin(), bounds.end(), limit) != bounds.end();
  if (known && (alert.q == 0 || limit < bounds.back())) {
    return;
  }
  std::string list;
  for (const double bound : bounds) {
    list += (list.empty() ? "" : ", ") + limit_text(bound, Unit::kSeconds);
  }
  const std::string text = "'duration_above' is " + format_duration(alert.time);
  reader.error("duration_above",
               text + (known ? ", the last of `buckets`; quantiles are known up to there only, so expected less, or "
                               "a further bucket"
                             : ", which is none of `buckets` in seconds, so that it is not known how many took longer; "
                               "expected one of " +
                                   list));
}

// The value of the condition's key.
void read_value(TableReader& reader, const StateSettings& settings, StateAlert& alert) {
  switch (alert.condition) {
    case StateCondition::kOverdue:
      if (!reader.boolean("overdue").value_or(false)) {
        reader.error("overdue", "'overdue' is not true; expected true, or another condition");
      } else if (!settings.times_out()) {
        reader.error("overdue",
                     "the state has no 'timeout', so nothing is overdue; expected one, such as timeout = "
                     "\"30m\", or in_progress_for = \"30m\"");
      } else {
        check_forgotten(reader, settings, settings.limits.timeout, "timeout");
      }
      return;
    case StateCondition::kInProgressFor:
      alert.time = reader.duration("in_progress_for").value_or(Duration{});
      if (alert.time >= settings.limits.forget) {
        reader.error("in_progress_for", "'in_progress_for' is " + format_duration(alert.time) +
                                            ", but nothing is in progress for longer than 'forget', " +
                                            format_duration(settings.limits.forget));
      }
      check_forgotten(reader, settings, alert.time, "in_progress_for");
      return;
    case StateCondition::kNoSuccess:
      alert.time = reader.duration("no_success_for").value_or(Duration{});
      return;
    case StateCondition::kFailures:
      alert.limit = read_limit(reader, "failures_above").value_or(0);
      alert.window = hours(1);
      if (alert.limit < 0) {
        reader.error("failures_above", "'failures_above' is negative; the alert would always fire");
      }
      return;
    case StateCondition::kFailureRatio:
      alert.limit = read_limit(reader, "failure_ratio_above").value_or(0);
      alert.window = hours(24);
      check_reachable(reader, "failure_ratio_above", alert.limit, false, Unit::kRatio);
      return;
    case StateCondition::kDuration:
      alert.time = reader.duration("duration_above").value_or(Duration{});
      alert.window = hours(1);
      alert.q = reader.number("q").value_or(0);
      if (reader.has("q") && !(alert.q > 0 && alert.q < 1)) {
        reader.error("q", "'q' is " + number_text(alert.q) + "; expected a quantile between 0 and 1, such as 0.95");
      }
      check_duration(reader, settings, alert);
      return;
  }
}

// Labels by their values.
void read_only(TableReader& reader, const std::vector<std::string>& labels, StateAlert& alert) {
  const ConfigValue* const value = reader.value("only", KeyType::kNamedTexts);
  if (value == nullptr) {
    return;
  }
  const ConfigTable* const given = value->get_if<ConfigTable>();
  if (given == nullptr) {
    reader.error("only",
                 "'only' is " + std::string(value->type_name()) + "; expected a table of labels and their values");
    return;
  }
  for (const auto& [label, content] : given->entries()) {
    const std::string* const text = content.get_if<std::string>();
    const bool known = std::find(labels.begin(), labels.end(), label) != labels.end();
    if (text == nullptr || !known) {
      const std::string problem = known ? "'" + label + "' is " + std::string(content.type_name()) + "; expected a text"
                                        : "the state has no label '" + label + "'";
      reader.diagnostics().error(content.position(), reader.what() + ": only: " + problem);
      continue;
    }
    alert.only.emplace_back(label, *text);
  }
}

void read_by(TableReader& reader, const std::vector<std::string>& labels, StateAlert& alert) {
  if (const std::optional<std::vector<std::string>> by = reader.strings("by")) {
    alert.by = *by;
    return;
  }
  for (const std::string& label : labels) {
    if (std::none_of(alert.only.begin(), alert.only.end(), [&](const auto& each) { return each.first == label; })) {
      alert.by.push_back(label);
    }
  }
}

// Keys that only some conditions have.
void check_keys(TableReader& reader, const ConditionRow& row, const StateAlert& alert) {
  const auto refuse = [&](const char* key, bool takes, const char* whose) {
    if (reader.has(key) && !takes) {
      reader.error(key, "'" + std::string(key) + "' is not for '" + row.key + "', but for " + whose);
    }
    reader.accept(key);
  };
  const bool of_share =
      row.condition == StateCondition::kFailureRatio || (row.condition == StateCondition::kDuration && alert.q > 0);
  refuse("window", row.of_ends, "failures_above, failure_ratio_above and duration_above");
  refuse("by", row.of_ends, "failures_above, failure_ratio_above and duration_above");
  refuse("q", row.condition == StateCondition::kDuration, "duration_above");
  refuse("min_count", of_share, "failure_ratio_above, and duration_above with q");
  refuse("min_bad_events", of_share, "failure_ratio_above, and duration_above with q");
  if (of_share) {
    static_cast<void>(reader.integer("min_count", 0, kMostEvents));
    static_cast<void>(reader.integer("min_bad_events", 1, kMostEvents, 1));
  }
}

// They are read again as those of an [[alert]].
void check_common_keys(TableReader& reader) {
  static_cast<void>(read_severity(reader, "severity"));
  static_cast<void>(read_hold(reader, {}));
  static_cast<void>(reader.duration_or_zero("keep_firing_for"));
  for (const char* const key : {"team", "summary", "description", "comment"}) {
    static_cast<void>(reader.string(key));
  }
  static_cast<void>(read_runbook(reader));
}

StateAlert read_alert_entry(TableReader& reader, const StateSettings& settings, bool has_good,
                            const std::vector<std::string>& labels) {
  StateAlert alert;
  alert.entry = reader.table();
  alert.name = reader.string("name").value_or("");
  const ConditionRow* const row = find_condition(reader);
  check_common_keys(reader);
  read_only(reader, labels, alert);
  if (row == nullptr) {
    return alert;
  }
  alert.condition = row->condition;
  alert.place = reader.position(row->key);
  read_value(reader, settings, alert);
  alert.window = row->of_ends ? reader.duration("window").value_or(alert.window) : alert.window;
  read_by(reader, labels, alert);
  check_keys(reader, *row, alert);
  if (row->needs_good && !has_good) {
    reader.error(row->key,
                 "the state has no 'good', so every end is a success; expected a condition, such as good = "
                 "'status == \"success\"'");
  }
  if (alert.name.empty()) {
    alert.name = camel_case(settings.name) + row->suffix;
  }
  if (!is_alert_name(alert.name)) {
    reader.error("name", "'" + alert.name + "' is not an alert name; expected CamelCase such as \"HighErrorRate\"");
  }
  reader.report_unused_keys();
  return alert;
}

}  // namespace

std::vector<StateAlert> read_state_alerts(TableReader& reader, const StateSettings& settings, bool has_good,
                                          const std::vector<std::string>& labels) {
  std::vector<StateAlert> alerts;
  for_each_table(reader, "state", "alerts", [&](TableReader& entry) {
    StateAlert alert = read_alert_entry(entry, settings, has_good, labels);
    if (std::any_of(alerts.begin(), alerts.end(), [&](const StateAlert& other) { return other.name == alert.name; })) {
      entry.error("name", "the state has an alert '" + alert.name + "' already; expected a 'name' of its own");
    }
    alerts.push_back(std::move(alert));
  });
  return alerts;
}

}  // namespace leeway
