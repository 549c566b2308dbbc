// The page /metrics: the metrics of a snapshot, the self-monitoring metrics about it, and those of the process, in the
// format and encoding that the client accepts. Used by `leeway run`, which passes it to the HTTP server.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "agent/metrics/snapshot.h"
#include "exporters/prometheus/exposition.h"
#include "exporters/prometheus/gzip.h"
#include "exporters/prometheus/label_text.h"
#include "exporters/prometheus/self_metrics.h"

namespace leeway {

struct MetricsPage {
  std::string content_type;
  std::string content_encoding;                  // "gzip" or ""
  std::shared_ptr<const std::string> beginning;  // what the snapshot says; the same for all who ask for it
  std::string end;                               // what the agent and the process say now
};

// The beginning of a page is made once for a snapshot, a format and an encoding. Keeps the text of labels from one page
// to the next. One thread at a time: the server's.
class MetricsPages {
 public:
  // `self` must outlive it.
  explicit MetricsPages(const SelfMetrics& self) : self_(self) {}

  // Forgets the beginnings of any other snapshot.
  MetricsPage render(const std::shared_ptr<const Snapshot>& snapshot, std::string_view accept,
                     std::string_view accept_encoding);
  // Forgets all beginnings: the memory of those that no page uses is free afterwards.
  void release() { beginnings_.clear(); }

 private:
  struct Beginning {
    std::shared_ptr<const std::string> text;  // null if all who asked take it compressed
    std::shared_ptr<const GzipBeginning> compressed;
  };

  bool compress(const Snapshot& snapshot, ExpositionFormat format, MetricsPage& page);
  std::shared_ptr<const std::string> write_beginning(const Snapshot& snapshot, ExpositionFormat format);
  std::string end(const Snapshot& snapshot, ExpositionFormat format) const;

  const SelfMetrics& self_;
  LabelPool own_labels_;  // of the self-monitoring metrics
  LabelTextCache texts_;
  std::weak_ptr<const Snapshot> snapshot_;  // that of beginnings_; weak, so that no other one takes its address
  std::map<ExpositionFormat, Beginning> beginnings_;
  std::size_t last_size_ = 0;  // bytes of the last text
};

}  // namespace leeway
