#include "agent/metrics/label_pool.h"

#include <algorithm>
#include <limits>

#include "agent/core/utf8.h"
#include "agent/metrics/label_interner.h"

namespace leeway {

LabelPool::LabelPool() : store_(LabelStore::make()) {}

std::size_t LabelPool::Hash::operator()(std::span<const Label> pairs) const {
  // Names add little to the hash: labels of one family have the same names.
  std::uint64_t hash = pairs.size();
  for (const Label& label : pairs) {
    hash = hash * 0x9E37'79B9'7F4A'7C15U ^ hash_text(label.value);
  }
  return hash;
}

bool LabelPool::Equal::operator()(std::span<const Label> pairs, const SeriesLabels& labels) const {
  return std::equal(pairs.begin(), pairs.end(), labels.pairs().begin(), labels.pairs().end());
}

SeriesLabels LabelPool::find(std::span<const Label> pairs) {
  const auto found = sets_.find(pairs);
  if (found == sets_.end()) {
    return {};
  }
  if (found->second != snapshot_) {
    found->second = snapshot_;
    ++used_;
  }
  return found->first;
}

std::string_view LabelPool::keep(std::string_view text) {
  const auto found = texts_.find(text);
  return found != texts_.end() ? *found : *texts_.insert(store_->keep(text)).first;
}

SeriesLabels LabelPool::intern(std::span<const Label> pairs) {
  if (pairs.empty()) {
    return {};
  }
  if (const SeriesLabels known = find(pairs); known.id() != 0) {
    return known;
  }
  std::vector<Label> kept;
  std::string valid;
  for (const Label& label : pairs) {
    valid.clear();
    append_valid_utf8(valid, label.value, std::numeric_limits<std::size_t>::max());
    kept.push_back({keep(label.name), keep(valid)});
  }
  if (const SeriesLabels known = find(kept); known.id() != 0) {
    return known;
  }
  const SeriesLabels labels = store_->add(kept);
  sets_.emplace(labels, snapshot_);
  ++used_;
  return labels;
}

void LabelPool::end_snapshot() {
  if (used_ * 2 < sets_.size()) {
    sets_.clear();
    texts_.clear();
    store_ = LabelStore::make();
  }
  ++snapshot_;
  used_ = 0;
}

}  // namespace leeway
