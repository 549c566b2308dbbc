// Drives a replay and keeps what an agent would have exported at each scrape. Used by `leeway dashboards --preview`.
#pragma once

#include "agent/core/clock.h"
#include "agent/core/status.h"
#include "agent/evaluation/sample_store.h"
#include "agent/pipeline/timed_replay.h"

namespace leeway::preview {

// Reads everything. `samples` is empty and has the scrape interval; it has at least one instant afterwards. The status
// is that of the end.
AgentStatus take_samples(TimedReplay& replay, const Clock& clock, evaluation::SampleStore& samples);

}  // namespace leeway::preview
