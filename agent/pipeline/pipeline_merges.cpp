// How a Pipeline reads the sources of a replay: where their order matters to a monitor, none of them much further than
// the others.
#include <algorithm>

#include "agent/pipeline/pipeline.h"

namespace leeway {

void Pipeline::begin_merging() {
  for (std::size_t at = 0; at < sources_.size() && !merging_; ++at) {
    for (Feed& feed : sources_[at].assembled->feeds) {
      const auto known = std::find_if(merges_.begin(), merges_.end(),
                                      [&feed](const Merge& merge) { return merge.monitor == feed.monitor; });
      feed.merged = known != merges_.end() || feed.monitor->merge_sources();
      if (feed.merged) {
        Merge& merge = known == merges_.end() ? merges_.emplace_back(Merge{feed.monitor, {}}) : *known;
        merge.sources.push_back(at);
      }
    }
  }
  merging_ = true;
}

TimePoint Pipeline::complete_before(const Merge& merge) const {
  TimePoint before = TimePoint::max();
  for (const std::size_t at : merge.sources) {
    if (!sources_[at].ended) {
      before = std::min(before, sources_[at].clock.watermark());
    }
  }
  return before;
}

void Pipeline::complete_merges(const Source& source) {
  for (const Merge& merge : merges_) {
    TimePoint latest = kNoTime;
    bool own = false;
    for (const std::size_t at : merge.sources) {
      own = own || &sources_[at] == &source;
      latest = std::max(latest, sources_[at].clock.watermark());
    }
    const TimePoint before = complete_before(merge);
    if (!own || before == kNoTime) {
      continue;
    }
    merge.monitor->complete(before);
    if (latest != kNoTime) {
      merge.monitor->advance(std::min(before, latest));
    }
  }
}

bool Pipeline::must_wait(std::size_t source) const {
  const Source& own = sources_[source];
  const SourceDefinition& definition = *own.assembled->definition;
  if (!definition.exclusive_input().empty() || !definition.has_event_time()) {
    return false;
  }
  return std::any_of(merges_.begin(), merges_.end(), [&](const Merge& merge) {
    const auto& sources = merge.sources;
    return std::find(sources.begin(), sources.end(), source) != sources.end() &&
           complete_before(merge) < own.clock.watermark();
  });
}

PollState Pipeline::step_to_end(Budget budget, bool unfinished_lines) {
  begin_merging();
  bool all_ended = true;
  for (std::size_t at = 0; at < sources_.size(); ++at) {
    Source& source = sources_[at];
    if (!source.ended && !must_wait(at)) {
      step_to_end(source, budget, unfinished_lines);
    }
    all_ended = all_ended && source.ended;
  }
  return all_ended ? PollState::kIdle : PollState::kMore;
}

void Pipeline::step_to_end(Source& source, Budget budget, bool unfinished_lines) {
  if (source.finishing) {
    source.ended = apply(source, source.collector->finish(budget, batch_)) != PollState::kMore;
  } else if (poll(source, budget) != PollState::kMore) {
    source.finishing = has_rest(source, unfinished_lines);
    source.ended = !source.finishing;
  }
  complete_merges(source);
}

}  // namespace leeway
