// The page /metrics: the metrics of a snapshot, self-monitoring metrics, and the process's own, in the format
// and encoding that the client asks for. Used by `leeway run`, which hands it to the HTTP server.
#pragma once

#include <string>
#include <string_view>

#include "agent/metrics/snapshot.h"
#include "exporters/prometheus/label_text.h"
#include "exporters/prometheus/self_metrics.h"

namespace leeway {

struct MetricsPage {
  std::string content_type;
  std::string content_encoding;  // "gzip" or ""
  std::string body;
};

// Keeps from one page to the next what it can: the text of labels. One thread at a time: the server's.
class MetricsPages {
 public:
  // `self` must outlive it.
  explicit MetricsPages(const SelfMetrics& self) : self_(self) {}

  MetricsPage render(const Snapshot& snapshot, std::string_view accept, std::string_view accept_encoding);

 private:
  const SelfMetrics& self_;
  LabelPool own_labels_;  // of the metrics of the agent and the process
  LabelTextCache texts_;
  std::size_t last_size_ = 0;  // bytes of the last page
};

}  // namespace leeway
