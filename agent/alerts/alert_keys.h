// The keys that all entries with alerts share: severity, team, runbook. Used by [[alert]] and [slo.alerts].
//   runbook = "https://example.org/runbook"           a page elsewhere
//   runbook = ["look at this", "then do that"]        the first steps
//   runbook = { meaning = "…", steps = ["…"], queries = ["…"], escalation = "after 15m: …", link = "…" }
#pragma once

#include <optional>
#include <string_view>

#include "agent/config/table_reader.h"
#include "agent/metrics/rule.h"

namespace leeway {

std::optional<Severity> read_severity(TableReader& reader, std::string_view key);
RunbookEntry read_runbook(TableReader& reader);
// `for`: a duration that may be zero.
Duration read_hold(TableReader& reader, Duration fallback);
// Whether the text is a name of an alert: CamelCase, as the field's mixins have it.
bool is_alert_name(std::string_view name);

}  // namespace leeway
