// The page /metrics: the metrics of a snapshot, those of the framework about it, and the process's own, in the format
// and encoding that the client asks for. Used by `leeway run`, which hands it to the HTTP server.
#pragma once

#include <string>
#include <string_view>

#include "agent/metrics/snapshot.h"
#include "exporters/prometheus/self_metrics.h"

namespace leeway {

struct MetricsPage {
  std::string content_type;
  std::string content_encoding;  // "gzip" or ""
  std::string body;
};

// Any thread.
MetricsPage render_metrics_page(const Snapshot& snapshot, const SelfMetrics& self, std::string_view accept,
                                std::string_view accept_encoding);

}  // namespace leeway
