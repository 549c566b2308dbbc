#include "agent/core/reject_examples.h"

#include <utility>

#include "agent/core/private_text.h"
#include "agent/core/utf8.h"

namespace leeway {

void RejectExamples::begin(std::string_view file) {
  file_ = file;
  added_.clear();
}

bool RejectExamples::wants(std::string_view reason) const {
  const auto found = added_.find(reason);
  return found == added_.end() || found->second < kPerReason;
}

void RejectExamples::add(std::string_view reason, std::string_view line) {
  if (!wants(reason)) {
    return;
  }
  const auto found = added_.find(reason);
  ++(found != added_.end() ? found : added_.emplace(reason, 0).first)->second;
  RejectExample example{file_, {}, false};
  // Of a text that was cut, no pattern finds the part at its end.
  const std::string hidden = hide_private(line);
  example.cut = !append_valid_utf8(example.text, hidden, kLongestText);
  keep(reason, std::move(example));
}

void RejectExamples::take(RejectExamples& more) {
  for (auto& [reason, examples] : more.by_reason_) {
    for (RejectExample& example : examples) {
      keep(reason, std::move(example));
    }
  }
  more.clear();
}

void RejectExamples::keep(std::string_view reason, RejectExample example) {
  auto found = by_reason_.find(reason);
  if (found == by_reason_.end()) {
    found = by_reason_.emplace(reason, std::deque<RejectExample>()).first;
  }
  found->second.push_back(std::move(example));
  if (found->second.size() > kPerReason) {
    found->second.pop_front();
  }
}

}  // namespace leeway
