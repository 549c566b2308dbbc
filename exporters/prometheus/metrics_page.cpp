#include "exporters/prometheus/metrics_page.h"

#include "exporters/prometheus/exposition.h"
#include "exporters/prometheus/gzip.h"
#include "exporters/prometheus/negotiation.h"
#include "exporters/prometheus/status_metrics.h"

namespace leeway {
namespace {

// Smaller pages gain nothing from compression.
constexpr std::size_t kSmallestCompressed = 1024;

}  // namespace

MetricsPage MetricsPages::render(const Snapshot& snapshot, std::string_view accept, std::string_view accept_encoding) {
  const ExpositionFormat format = negotiate_format(accept);
  SnapshotBuilder own(snapshot.taken(), own_labels_);
  add_status_metrics(snapshot.status(), own);
  self_.collect(snapshot.taken(), own);
  MetricsPage page;
  page.content_type = content_type(format);
  page.body.reserve(last_size_ + last_size_ / 16);  // numbers grow
  write_families(snapshot.families(), format, texts_, page.body);
  write_families(own.build()->families(), format, texts_, page.body);
  write_end(format, page.body);
  texts_.end_page();
  last_size_ = page.body.size();
  if (page.body.size() >= kSmallestCompressed && accepts_gzip(accept_encoding)) {
    if (Expected<std::string> compressed = gzip(page.body)) {
      page.content_encoding = "gzip";
      page.body = std::move(*compressed);
    }
  }
  return page;
}

}  // namespace leeway
