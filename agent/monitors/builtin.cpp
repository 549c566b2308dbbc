#include "agent/monitors/builtin.h"

#include <array>

#include "agent/monitors/change/change.h"
#include "agent/monitors/drift/drift.h"
#include "agent/monitors/metric/counter.h"
#include "agent/monitors/metric/gauge.h"
#include "agent/monitors/metric/histogram.h"
#include "agent/monitors/quality/quality.h"
#include "agent/monitors/slo/slo.h"
#include "agent/monitors/state/state.h"
#include "agent/monitors/window/window.h"

namespace leeway {

std::span<const MonitorKind> builtin_monitors() {
  static constexpr std::array<MonitorKind, 9> kKinds{{
      {"metric", "counter", build_counter, true},
      {"metric", "gauge", build_gauge, true},
      {"metric", "histogram", build_histogram, true},
      {"slo", "", build_slo, true},
      {"drift", "", build_drift},
      {"change", "", build_change},
      {"quality", "", build_quality},
      {"window", "", build_window, true},
      {"state", "", build_state, true},
  }};
  return kKinds;
}

}  // namespace leeway
