// Values and times as Grafana writes them. Used by the panels of a preview.
#pragma once

#include <optional>
#include <string>

#include "agent/evaluation/values.h"
#include "agent/metrics/panel.h"

namespace leeway::preview {

// "1.5 s", "12.3%", "64 KiB", "Yes". `decimals`: as the panel says; otherwise three digits.
std::string value_text(double value, PanelUnit unit, std::optional<int> decimals);
// "2025-08-25 19:04:30" in UTC.
std::string date_text(evaluation::Time time);
// "19:04", "19:04:30", "08-25", "08-25 19:04": as precise as times that differ by `step`, within a range of `span`.
std::string clock_text(evaluation::Time time, evaluation::Time step, evaluation::Time span);

}  // namespace leeway::preview
