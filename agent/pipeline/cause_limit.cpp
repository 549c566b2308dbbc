#include "agent/pipeline/cause_limit.h"

#include <algorithm>
#include <utility>

namespace leeway {

CauseLimit::Told& CauseLimit::find(std::string_view subject, std::string_view cause) {
  auto causes = told_.find(subject);
  if (causes == told_.end()) {
    causes = told_.emplace(subject, Causes()).first;
  }
  auto told = causes->second.find(cause);
  if (told == causes->second.end()) {
    told = causes->second.emplace(cause, Told()).first;
  }
  return told->second;
}

bool CauseLimit::may_tell(MonotonicTime now) {
  if (in_interval_ == 0 || now - interval_ >= kInterval) {
    interval_ = now;
    in_interval_ = 0;
    held_back_told_ = false;
  }
  if (in_interval_ == kMostInInterval) {
    held_back_ = true;
    return false;
  }
  ++in_interval_;
  return true;
}

CauseLimit::Due CauseLimit::due(std::string_view subject, std::string_view cause, std::uint64_t total,
                                MonotonicTime now) {
  if (total == 0) {
    return {};
  }
  Told& told = find(subject, cause);
  told.total = std::min(told.total, total);
  if (told.total == total || (told.ever && now - told.at < kInterval && !ends_) || !may_tell(now)) {
    return {};
  }
  const Due due{total - told.total, told.ever};
  told = {total, now, true};
  return due;
}

void CauseLimit::skip(std::string_view subject, std::string_view cause, std::uint64_t total) {
  if (total != 0) {
    find(subject, cause).total = total;
  }
}

bool CauseLimit::held_back() { return std::exchange(held_back_, false) && !std::exchange(held_back_told_, true); }

}  // namespace leeway
