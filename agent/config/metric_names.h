// The names that Prometheus accepts and promtool does not complain about.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/metrics/metric_desc.h"

namespace leeway {

// As in Prometheus' data model; colons are allowed in metric names.
bool is_metric_name(std::string_view name);
bool is_label_name(std::string_view name);

// What is wrong with the name and what was expected, or nothing. Covers the data model, reserved prefixes (leeway_,
// process_, scrape_, up, go_), suffixes that Prometheus adds itself and, if `lint`, promlint's rules for the type
// (_total, base units, type words, abbreviations).
std::optional<std::string> metric_name_problem(std::string_view name, MetricType type, bool lint = true);
// Covers the data model, `__` names, le and quantile, names that Prometheus sets itself (job, instance), `overflow`,
// and camel case.
std::optional<std::string> label_name_problem(std::string_view name, MetricType type);

}  // namespace leeway
