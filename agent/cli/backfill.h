// `leeway replay --format backfill`: what an agent would have exported at each scrape of the past, as OpenMetrics with
// time stamps, from which `promtool tsdb create-blocks-from openmetrics` makes blocks of a Prometheus.
#pragma once

#include "agent/cli/options.h"
#include "agent/core/expected.h"

namespace leeway {

// Reads the sources of the configuration and writes the samples to the standard output, or to `options.file`.
Expected<void> write_backfill(const CliOptions& options);

}  // namespace leeway
