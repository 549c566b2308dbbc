// Texts of alerts as templates of Prometheus, and as Prometheus renders them: rule tests have to state the rendered
// text. $value and $labels.NAME are replaced by their values; everything else is literal, even if it looks like a
// template.
#pragma once

#include <string>
#include <string_view>

#include "agent/metrics/rule.h"

namespace leeway {

// Text that Prometheus' template engine leaves unchanged.
std::string inert_template(std::string_view text);

std::string description_template(std::string_view text, Unit unit);
// Text that depends on whether the query of the outlook has a result.
std::string outlook_template(const Outlook& outlook);
std::string rendered_outlook(const Outlook& outlook, const std::optional<double>& result);
// `labels` are those of the firing alert; an absent label is an empty text.
std::string rendered_description(std::string_view text, Unit unit, const RuleLabels& labels, double value);

// As Prometheus' template functions humanize, humanizePercentage, humanizeDuration, humanize1024 (with B) and
// humanizeTimestamp write a value of the unit (template/template.go).
std::string humanize(double value, Unit unit);

}  // namespace leeway
