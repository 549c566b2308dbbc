// Series for rule tests: label values that a selector's matchers accept or reject. Used by the conditions of [[alert]].
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/metrics/metric_desc.h"
#include "agent/metrics/rule.h"
#include "agent/promql/selector.h"

namespace leeway {

// Whether the labels pass all matchers, as Prometheus does it: regular expressions match all of the value.
bool matches(const Selector& selector, const RuleLabels& labels);

// Labels of a series that the selector matches: all those of the metric, the matched ones, job and instance; sorted.
// None where no value for a matcher was found.
std::optional<RuleLabels> example_labels(const Selector& selector, const MetricDesc& desc);

// The same for a series that `all` matches and `part`, of the same metric, does not.
std::optional<RuleLabels> example_outside(const Selector& all, const Selector& part, const MetricDesc& desc);

// `name{a="b"}`.
std::string series_text(std::string_view name, const RuleLabels& labels);
RuleLabels with_label(RuleLabels labels, const std::string& name, const std::string& value);
RuleLabels without_labels(RuleLabels labels, const std::vector<std::string>& names);

}  // namespace leeway
