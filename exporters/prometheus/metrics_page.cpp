#include "exporters/prometheus/metrics_page.h"

#include <utility>

#include "exporters/prometheus/negotiation.h"
#include "exporters/prometheus/status_metrics.h"

namespace leeway {
namespace {

// Turns `page` into a compressed one, or leaves it as it is. `compressed` is that of its beginning, made if it is null.
void compress(MetricsPage& page, std::shared_ptr<const GzipBeginning>& compressed) {
  if (compressed == nullptr) {
    Expected<GzipBeginning> made = gzip_beginning(*page.beginning);
    if (!made) {
      return;
    }
    compressed = std::make_shared<const GzipBeginning>(std::move(*made));
  }
  if (Expected<std::string> end = gzip_end(*compressed, page.end)) {
    page.content_encoding = "gzip";
    page.beginning = std::shared_ptr<const std::string>(compressed, &compressed->bytes);
    page.end = std::move(*end);
  }
}

}  // namespace

MetricsPage MetricsPages::render(const std::shared_ptr<const Snapshot>& snapshot, std::string_view accept,
                                 std::string_view accept_encoding) {
  if (snapshot_.lock() != snapshot) {
    release();
    snapshot_ = snapshot;
  }
  const ExpositionFormat format = negotiate_format(accept);
  Beginning& kept = beginning(*snapshot, format);
  MetricsPage page{std::string(content_type(format)), "", kept.text, end(*snapshot, format)};
  if (accepts_gzip(accept_encoding)) {
    compress(page, kept.compressed);
  }
  return page;
}

MetricsPages::Beginning& MetricsPages::beginning(const Snapshot& snapshot, ExpositionFormat format) {
  Beginning& kept = beginnings_[format];
  if (kept.text == nullptr) {
    SnapshotBuilder own(snapshot.taken(), own_labels_);
    add_status_metrics(snapshot.status(), own);
    std::string text;
    text.reserve(last_size_ + last_size_ / 16);  // numbers grow
    write_families(snapshot.families(), format, texts_, text);
    write_families(own.build()->families(), format, texts_, text);
    texts_.end_page();
    last_size_ = text.size();
    kept.text = std::make_shared<const std::string>(std::move(text));
  }
  return kept;
}

std::string MetricsPages::end(const Snapshot& snapshot, ExpositionFormat format) const {
  SnapshotBuilder own(snapshot.taken());
  self_.collect(snapshot.taken(), own);
  LabelTextCache texts;
  std::string text;
  write_families(own.build()->families(), format, texts, text);
  write_end(format, text);
  return text;
}

}  // namespace leeway
