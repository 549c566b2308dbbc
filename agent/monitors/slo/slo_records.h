// Names of the recorded series and alerts of an SLO in Prometheus. Shared by its rules, their tests and its panels.
#pragma once

#include <string>

namespace leeway {

inline constexpr const char* kSloBudgetRemaining = "slo:leeway_slo_error_budget_remaining:ratio";
inline constexpr const char* kSloBudgetExhaustion = "slo:leeway_slo_error_budget_exhaustion:seconds";
inline constexpr const char* kSloExhaustedTier = "exhausted";  // label `tier`
inline constexpr const char* kSloAbsentAlert = "SloInputAbsent";
inline constexpr const char* kSloImpossibleAlert = "SloInputImpossible";

// `window` is from format_duration(): "1h".
inline std::string slo_ratio_name(const std::string& window) {
  return "slo:leeway_slo_bad_events_per_events:ratio_increase" + window;
}
inline std::string slo_bad_events_name(const std::string& window) {
  return "slo:leeway_slo_bad_events:increase" + window;
}
inline std::string slo_events_name(const std::string& window) { return "slo:leeway_slo_events:increase" + window; }

}  // namespace leeway
