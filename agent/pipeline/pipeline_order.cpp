// How a Pipeline reads sources whose records were there before it: those of a monitor that depends on the order of
// records about equally far. Nothing is held back for that: a source that is ahead is not read for a while.
#include <algorithm>

#include "agent/pipeline/pipeline.h"
#include "agent/pipeline/source_order.h"

namespace leeway {

void Pipeline::find_beside() {
  const auto keeps_order = [](const Source& source) {
    return source.assembled->definition->exclusive_input().empty() && source.assembled->definition->has_event_time();
  };
  for (Source& source : sources_) {
    for (std::size_t other = 0; other < sources_.size() && keeps_order(source); ++other) {
      Duration slack = Duration::max();
      for (const Feed& feed : source.assembled->feeds) {
        const std::vector<Feed>& others = sources_[other].assembled->feeds;
        const bool both = std::any_of(others.begin(), others.end(),
                                      [&feed](const Feed& each) { return each.monitor == feed.monitor; });
        slack = both ? std::min(slack, feed.monitor->tolerated_disorder()) : slack;
      }
      if (&sources_[other] != &source && slack != Duration::max() && keeps_order(sources_[other])) {
        source.beside.push_back({other, std::min(slack, kMostSlack)});
      }
    }
  }
}

// A replay merges sources, see pipeline_merges.cpp.
TimePoint Pipeline::may_read_until(const Source& source) const {
  TimePoint until = TimePoint::max();
  for (const Beside& beside : source.beside) {
    const std::optional<TimePoint> from = sources_[beside.source].collector->unread_from();
    if (from && !merging_) {
      until = std::min(until, *from == kNoTime ? kNoTime : *from + beside.slack);
    }
  }
  return until;
}

}  // namespace leeway
