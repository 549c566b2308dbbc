#include "exporters/prometheus/metrics_page.h"

#include <utility>

#include "exporters/prometheus/negotiation.h"
#include "exporters/prometheus/status_metrics.h"

namespace leeway {

MetricsPage MetricsPages::render(const std::shared_ptr<const Snapshot>& snapshot, std::string_view accept,
                                 std::string_view accept_encoding) {
  if (snapshot_.lock() != snapshot) {
    release();
    snapshot_ = snapshot;
  }
  const ExpositionFormat format = negotiate_format(accept);
  Beginning& kept = beginnings_[format];
  MetricsPage page{std::string(content_type(format)), "", nullptr, end(*snapshot, format)};
  if (accepts_gzip(accept_encoding) && compress(*snapshot, format, page)) {
    return page;
  }
  if (kept.text == nullptr) {
    kept.text = write_beginning(*snapshot, format);
  }
  page.beginning = kept.text;
  return page;
}

// Gives `page` its beginning, and compresses its end. False if it is too large for that.
bool MetricsPages::compress(const Snapshot& snapshot, ExpositionFormat format, MetricsPage& page) {
  Beginning& kept = beginnings_[format];
  if (kept.compressed == nullptr) {
    Expected<GzipBeginning> made =
        gzip_beginning(kept.text != nullptr ? *kept.text : *write_beginning(snapshot, format));
    if (!made) {
      return false;
    }
    kept.compressed = std::make_shared<const GzipBeginning>(std::move(*made));
  }
  Expected<std::string> end = gzip_end(*kept.compressed, page.end);
  if (!end) {
    return false;
  }
  page.content_encoding = "gzip";
  page.beginning = std::shared_ptr<const std::string>(kept.compressed, &kept.compressed->bytes);
  page.end = std::move(*end);
  return true;
}

std::shared_ptr<const std::string> MetricsPages::write_beginning(const Snapshot& snapshot, ExpositionFormat format) {
  SnapshotBuilder own(snapshot.taken(), own_labels_);
  add_status_metrics(snapshot.status(), own);
  std::string text;
  text.reserve(last_size_ + last_size_ / 16);  // numbers grow
  write_families(snapshot.families(), format, texts_, text);
  write_families(own.build()->families(), format, texts_, text);
  texts_.end_page();
  last_size_ = text.size();
  return std::make_shared<const std::string>(std::move(text));
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
