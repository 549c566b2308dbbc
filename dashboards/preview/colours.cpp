#include "dashboards/preview/colours.h"

#include <array>

namespace leeway::preview {

std::string series_colour(std::size_t index) {
  constexpr std::array<const char*, 20> kPalette = {
      "#7eb26d", "#eab839", "#6ed0e0", "#ef843c", "#e24d42", "#1f78c1", "#ba43a9", "#705da0", "#508642", "#cca300",
      "#447ebc", "#c15c17", "#b04646", "#4a7fb5", "#9d5a8f", "#8170a8", "#b7dbab", "#f4d598", "#70dbed", "#f9ba8f"};
  return kPalette[index % kPalette.size()];
}

std::string severity_colour(Severity severity) { return "var(--" + std::string(to_string(severity)) + ")"; }

std::string value_colour(double value, const PanelLimits& limits, const std::string& good) {
  std::size_t below = 0;  // limits that the value reaches
  while (below < limits.steps.size() && value >= limits.steps[below].value) {
    ++below;
  }
  if (limits.low_is_bad) {
    return below < limits.steps.size() ? severity_colour(limits.steps[below].severity) : good;
  }
  return below == 0 ? good : severity_colour(limits.steps[below - 1].severity);
}

}  // namespace leeway::preview
