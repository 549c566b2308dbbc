// Drives a replay and keeps what an agent would have exported at each scrape. Used by `leeway dashboards --preview` and
// `leeway replay --format backfill`.
#pragma once

#include <string>

#include "agent/core/clock.h"
#include "agent/core/status.h"
#include "agent/evaluation/sample_store.h"
#include "agent/pipeline/timed_replay.h"

namespace leeway::preview {

enum class OwnMetrics : bool { kLeftOut, kIncluded };

// Reads everything. `samples` is empty and has the scrape interval; it has at least one instant afterwards. `instance`:
// that of the target, unless the configuration says another one. The agent's own metrics include `up`. The agent is
// scraped for `run_on` after the last record, and for at least ten minutes in all. The status is that of the end.
AgentStatus take_samples(TimedReplay& replay, const Clock& clock, const std::string& instance, OwnMetrics own,
                         evaluation::SampleStore& samples, Duration run_on = {});

}  // namespace leeway::preview
