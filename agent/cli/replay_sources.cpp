#include "agent/cli/replay_sources.h"

#include "agent/cli/progress.h"

namespace leeway {
namespace {

constexpr Budget kStepBudget{1 << 20};

void show(Progress& progress, const Pipeline& pipeline) {
  std::uint64_t done = 0;
  std::uint64_t left = 0;
  std::uint64_t records = 0;
  for (const SourceStatus& source : pipeline.source_status()) {
    done += source.bytes;
    left += source.lag_bytes;
    records += source.records;
  }
  progress.update(done, left, records);
}

}  // namespace

void read_to_end(Pipeline& pipeline, const Clock& clock, bool unfinished_lines, ShowProgress visible) {
  Progress progress(clock, visible == ShowProgress::kYes);
  pipeline.discover();
  while (pipeline.step_to_end(kStepBudget, unfinished_lines) == PollState::kMore) {
    if (progress.due()) {
      show(progress, pipeline);
    }
  }
  progress.clear();
}

}  // namespace leeway
