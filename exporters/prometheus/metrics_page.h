// The page /metrics: the metrics of a snapshot, the self-monitoring metrics about it, and those of the process, in the
// format and encoding that the client accepts. Used by `leeway run`, which passes it to the HTTP server.
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

// Keeps the text of labels from one page to the next. One thread at a time: the server's.
class MetricsPages {
 public:
  // `self` must outlive it.
  explicit MetricsPages(const SelfMetrics& self) : self_(self) {}

  MetricsPage render(const Snapshot& snapshot, std::string_view accept, std::string_view accept_encoding);

 private:
  const SelfMetrics& self_;
  LabelPool own_labels_;  // of the self-monitoring and process metrics
  LabelTextCache texts_;
  std::size_t last_size_ = 0;  // bytes of the last page
};

}  // namespace leeway
