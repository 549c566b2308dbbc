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

namespace {

constexpr std::array<std::string_view, 3> kMetricShownBy{"help", "lint", "expire"};
// It counts events, good and bad; those that were not judged stay so.
constexpr std::array<std::string_view, 3> kSloShownBy{"objective", "expire", "maintenance"};
constexpr std::array<std::string_view, 1> kStateShownBy{"expire"};

}  // namespace

std::span<const MonitorKind> builtin_monitors() {
  static constexpr std::array<MonitorKind, 9> kKinds{{
      {"metric", "counter", build_counter, true, kMetricShownBy},
      {"metric", "gauge", build_gauge, true, kMetricShownBy},
      {"metric", "histogram", build_histogram, true, kMetricShownBy},
      {"slo", "", build_slo, true, kSloShownBy},
      {"drift", "", build_drift},
      {"change", "", build_change},
      {"quality", "", build_quality},
      {"window", "", build_window, true, kMetricShownBy},
      {"state", "", build_state, true, kStateShownBy},
  }};
  return kKinds;
}

}  // namespace leeway
