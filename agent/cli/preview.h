// `leeway dashboards --preview FILE`: replays the sources of a configuration and writes the page.
#pragma once

#include "agent/cli/options.h"
#include "agent/core/expected.h"

namespace leeway {

Expected<void> write_preview(const CliOptions& options);

}  // namespace leeway
