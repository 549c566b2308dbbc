#include "exporters/prometheus/label_text.h"

#include <algorithm>
#include <utility>

namespace leeway {

void append_label_value(std::string_view value, std::string& out) {
  for (std::size_t special = value.find_first_of("\\\"\n"); special != std::string_view::npos;
       special = value.find_first_of("\\\"\n")) {
    out += value.substr(0, special);
    out += '\\';
    out += value[special] == '\n' ? 'n' : value[special];
    value.remove_prefix(special + 1);
  }
  out += value;
}

namespace {

// How many consecutive series that are gone since the last page are skipped; beyond that, texts are written again.
constexpr std::size_t kLookAhead = 16;

void append_label_text(SeriesLabels labels, std::string& out) {
  bool first = true;
  for (const Label& label : labels.pairs()) {
    out += std::exchange(first, false) ? "" : ",";
    out += label.name;
    out += "=\"";
    append_label_value(label.value, out);
    out += '"';
  }
}

}  // namespace

std::string label_text(SeriesLabels labels) {
  std::string text;
  append_label_text(labels, text);
  return text;
}

// Starts with the texts that the page shares with the last one.
void LabelTextCache::begin_fresh() {
  differs_ = true;
  fresh_.entries.assign(kept_.entries.begin(), kept_.entries.begin() + static_cast<std::ptrdiff_t>(next_));
  fresh_.bytes.assign(kept_.bytes, 0, kept_.begin_of(next_));
}

// Whether the text is kept; it is then at next_.
bool LabelTextCache::find(std::uint64_t id) {
  const std::size_t end = std::min(kept_.entries.size(), next_ + kLookAhead);
  for (std::size_t i = next_; i < end; ++i) {
    if (kept_.entries[i].id == id) {
      next_ = i;
      return true;
    }
  }
  return false;
}

std::string_view LabelTextCache::add(SeriesLabels labels) {
  const std::size_t begin = fresh_.bytes.size();
  if (find(labels.id())) {
    fresh_.bytes += kept_.at(next_++);
  } else {
    append_label_text(labels, fresh_.bytes);
  }
  fresh_.entries.push_back({labels.id(), begin});
  return fresh_.at(fresh_.entries.size() - 1);
}

std::string_view LabelTextCache::text(SeriesLabels labels) {
  if (labels.id() == 0) {
    return {};
  }
  if (!differs_) {
    if (next_ < kept_.entries.size() && kept_.entries[next_].id == labels.id()) {
      return kept_.at(next_++);
    }
    begin_fresh();
  }
  return add(labels);
}

void LabelTextCache::end_page() {
  if (!differs_ && next_ < kept_.entries.size()) {
    begin_fresh();
  }
  if (std::exchange(differs_, false)) {
    kept_ = std::exchange(fresh_, {});
  }
  next_ = 0;
}

}  // namespace leeway
