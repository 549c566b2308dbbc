#include "agent/promql/promql_labels.h"

#include "agent/core/nearest_word.h"

namespace leeway::promql {

Labels Labels::any() {
  Labels labels;
  labels.any_ = true;
  return labels;
}

bool Labels::contains(const std::string& label) const {
  return known_.count(label) > 0 || (any_ && removed_.count(label) == 0);
}

void Labels::add(const std::string& label) {
  known_.insert(label);
  removed_.erase(label);
}

void Labels::add(const Labels& others) {
  std::set<std::string> removed;
  for (const Labels* side : {static_cast<const Labels*>(this), &others}) {
    for (const std::string& label : side->removed_) {
      if (!contains(label) && !others.contains(label)) {
        removed.insert(label);
      }
    }
  }
  any_ = any_ || others.any_;
  known_.insert(others.known_.begin(), others.known_.end());
  removed_ = std::move(removed);
}

void Labels::remove(const std::string& label) {
  known_.erase(label);
  if (any_) {
    removed_.insert(label);
  }
}

void Labels::keep(const std::vector<std::string>& labels) {
  any_ = false;
  removed_.clear();
  known_ = std::set<std::string>(labels.begin(), labels.end());
}

std::string label_advice(const std::string& label, const std::vector<std::string>& known,
                         const std::vector<std::string>& shown) {
  const std::string nearest = nearest_word(label, known);
  // Short words are near each other by chance: "code" and "pod".
  if (!nearest.empty() && !label.empty() && (nearest.front() | 0x20) == (label.front() | 0x20)) {
    return "; did you mean '" + nearest + "'?";
  }
  return shown.empty() ? "" : "; it has " + quoted_words(shown, "and");
}

}  // namespace leeway::promql
