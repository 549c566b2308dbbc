// The sections of the status page: each is HTML, or "" if there is nothing to say.
#pragma once

#include <string>

#include "agent/core/clock.h"
#include "agent/metrics/snapshot.h"

namespace leeway::page {

// What is read, how far, when the last record was, what was rejected, with one example.
std::string sources_section(const Snapshot& snapshot, TimePoint now);
// Objectives, what is left of their budgets, and how fast they burn.
std::string slos_section(const Snapshot& snapshot);
// Columns that have drifted, the worst first.
std::string drift_section(const Snapshot& snapshot);
// The most frequent values of windows.
std::string top_section(const Snapshot& snapshot);
// Metrics whose series are near their limit or beyond it, and records that were skipped.
std::string metrics_section(const Snapshot& snapshot);
// The checkpoint, if the last one failed.
std::string checkpoint_section(const Snapshot& snapshot, TimePoint now);

}  // namespace leeway::page
