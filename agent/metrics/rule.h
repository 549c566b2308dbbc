// Recording rules and alerts as monitors and [[alert]] entries declare them, independent of any file format. Kept in
// the Catalog; written to files by rules/, shown by `leeway check`, linked from dashboards/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/clock.h"
#include "agent/metrics/unit.h"

namespace leeway {

enum class Severity : std::uint8_t { kCritical, kWarning, kInfo };
// "critical", "warning", "info".
std::string_view to_string(Severity severity);

using RuleLabels = std::vector<std::pair<std::string, std::string>>;
// The value of the label; null if there is none. Valid as long as the labels.
const std::string* find_label(const RuleLabels& labels, std::string_view name);

struct RecordingRule {
  std::string name;                 // level:metric:operations
  std::string expr;                 // PromQL; may have several lines
  std::string group;                // rules of one group are evaluated in order
  std::string help;                 // what it is, in a sentence: becomes a comment and serves the dashboards
  RuleLabels set_labels{};          // that the rule sets: distinguishes rules of one name
  std::vector<std::string> labels;  // of its series, as far as known: the remaining ones of the metrics
  Duration range{};                 // how far it looks back
};

// A series of a rule test in promtool's notation: "0+5x20 _x3 7x4".
struct InputSeries {
  std::string series;
  std::string values;
};

// An alert that must fire: labels of its series (without those that the rule itself sets), $value, and the result of
// the query of its outlook.
struct FiringAlert {
  RuleLabels labels;
  double value = 0;
  std::optional<double> result{};
};

struct AlertExpectation {
  Duration at{};                      // a multiple of the test's evaluation interval
  std::vector<FiringAlert> firing{};  // empty: the alert must not fire
  std::string alert{};                // name of another alert that must not fire; empty: the one that is tested
};

// Input from time 0 on, and when the alert fires. Written so that Prometheus 2 (closed ranges) and 3 (left-open ones)
// agree.
struct AlertTest {
  std::string name;  // what it shows: "fires after 2m, not before"
  Duration evaluation_interval = std::chrono::minutes(1);
  Duration interval = std::chrono::minutes(1);  // between samples
  std::vector<InputSeries> input;
  std::vector<AlertExpectation> expectations;
  // Only checks whether the alert fires, by its own labels, not its annotations: for input that other alerts of
  // its name see too, and for values on which versions of Prometheus differ slightly.
  bool state_only = false;
  // $value comes out of rates and sums, whose last digits are not known: where they could change its text, only the
  // state is checked.
  bool value_is_computed = false;
};

struct RunbookEntry {
  std::string meaning;               // what it means that this fires, for the operator on call
  std::vector<std::string> queries;  // PromQL to look at first
  std::vector<std::string> steps;    // what to do, in order
  std::string escalation;            // who and when: "after 15m: engineering manager"
  std::string link;                  // a page elsewhere that replaces the generated one
};

// A second number in the text of an alert, such as the time that is left, which Prometheus computes when it fires.
struct Outlook {
  std::string query;        // PromQL in which $value and $labels.NAME are replaced, the latter quoted
  Unit unit = Unit::kNone;  // of its result
  std::string text;         // after the description, if the query has a result: $result is replaced
  std::string otherwise;    // if it has none
};

// What a tier of burn-rate alerts means, for `leeway check`.
struct BurnRate {
  std::string tier;  // "page_fast"
  Duration short_window{};
  Duration long_window{};
  double factor = 0;
  double limit = 0;  // share of bad events
  double spent = 0;  // of the budget in the long window, when it fires
};

struct AlertRule {
  std::string name;   // CamelCase; several alerts may share it if their labels differ
  std::string group;  // alerts of one group are together in the file
  std::string expr;   // PromQL with a comparison; may have several lines
  Duration hold{};    // `for`
  Duration keep_firing_for{};
  Duration repeat{};  // between two notifications while it fires; 0: as for its severity
  Severity severity = Severity::kWarning;
  RuleLabels labels;  // additional labels: slo, tier, team
  // Values of `job` that its results have instead of the scope's; "" where it may be any. Set by apply_scope().
  std::vector<std::string> other_jobs{};
  std::string summary;      // a sentence; as a description
  std::string description;  // plain text in which only $value and $labels.NAME are replaced
  // After the summary, with the same replacements: "$value (limit 150ms)"; "": nothing that is worth a number.
  std::string measured{};
  Unit value_unit = Unit::kNone;  // how $value is written
  std::optional<Outlook> outlook{};
  std::optional<BurnRate> burn{};
  // Where the metric's own value, or a quantile of it, is compared with a number: drawn on the panels that show it.
  std::optional<double> threshold{};
  bool threshold_is_lower = false;  // it fires below
  std::string when;                 // when it fires, in words: "up is below 1"
  std::string comment;              // where it comes from; lines above the rule
  std::string advice{};             // what in the configuration would make it better, for `check`
  RunbookEntry runbook;
  std::vector<std::string> metrics;  // exported or recorded metrics that it reads
  Duration range{};                  // how far it looks back
  std::vector<AlertTest> tests;
};

// While an alert with all of `source` fires, those with all of `target` are not notified, where `equal` labels agree.
struct InhibitRule {
  RuleLabels source;
  RuleLabels target;
  std::vector<std::string> equal;
  std::string comment;
};

}  // namespace leeway
