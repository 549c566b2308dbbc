// Labels and annotations of an alert, as in the rule file and as in a firing alert. Used by the rule file and by the
// rule tests.
#pragma once

#include <string>

#include "agent/metrics/catalog.h"

namespace leeway {

enum class LabelForm : std::uint8_t { kTemplate, kRendered };

// severity first, then those that the alert declares.
RuleLabels rule_labels(const AlertRule& alert, LabelForm form);
RuleLabels annotation_templates(const Catalog& catalog, const AlertRule& alert);
// `firing` has all labels of the firing alert.
RuleLabels rendered_annotations(const Catalog& catalog, const AlertRule& alert, const FiringAlert& firing);
// The first of them, which is the first line of a notification.
std::string rendered_summary(const Catalog& catalog, const AlertRule& alert, const FiringAlert& firing);

}  // namespace leeway
