// The keys that all entries with alerts share: severity, team, runbook, selectors. Used by [[alert]] and [slo.alerts].
//   runbook = "https://example.org/runbook"           a page elsewhere
//   runbook = ["look at this", "then do that"]        the first steps
//   runbook = { meaning = "…", steps = ["…"], queries = ["…"], escalation = "after 15m: …", link = "…" }
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/config/table_reader.h"
#include "agent/metrics/catalog.h"
#include "agent/metrics/rule.h"
#include "agent/promql/selector.h"

namespace leeway {

std::optional<Severity> read_severity(TableReader& reader, std::string_view key);
RunbookEntry read_runbook(TableReader& reader);
// `for`: a duration that may be zero.
Duration read_hold(TableReader& reader, Duration fallback);
// Adds the label `team`: the alert's own, or that of all alerts, or none where both are "".
void add_team(AlertRule& alert, const std::string& own, const RuleSettings& settings);
// Report labels that series of the metric do not have.
void check_label(TableReader& reader, std::string_view key, const std::string& label, const MetricDesc& desc,
                 const Catalog& catalog);
void check_labels(TableReader& reader, std::string_view key, const Selector& selector, const MetricDesc& desc,
                  const Catalog& catalog);
// `name` of the alerts of a monitor: the prefix of their names, instead of `fallback` ("Drift").
std::string read_alert_stem(TableReader& reader, const char* fallback);
// Whether the text is a name of an alert: CamelCase, as in the common mixins.
bool is_alert_name(std::string_view name);

}  // namespace leeway
