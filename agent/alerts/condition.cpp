#include "agent/alerts/condition.h"

#include <array>

namespace leeway {

std::span<const ConditionKind> condition_kinds() {
  static constexpr std::array<ConditionKind, 14> kKinds{{
      // key, whether it accepts a counter, a gauge, a histogram
      {"above", false, true, false, build_above},
      {"below", false, true, false, build_below},
      {"outside", false, true, false, build_outside},
      {"increase_above", true, false, false, build_increase_above},
      {"ratio_above", true, true, false, build_ratio_above},
      {"quantile", false, false, true, build_quantile},
      {"share_between", false, false, true, build_share_between},
      {"times_above_usual", true, true, false, build_times_above_usual},
      {"drop_from_usual", true, true, false, build_drop_from_usual},
      {"predict", false, true, false, build_predict},
      {"age_above", false, true, false, build_age_above},
      {"absent", true, true, false, build_absent},
      {"changed", false, true, false, build_changed},
      {"consecutive", false, true, false, build_consecutive},
  }};
  return kKinds;
}

}  // namespace leeway
