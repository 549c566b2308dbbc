// The `log` type of [[source]]: its keys, and the collector that they make. Used by collectors/builtin.
#pragma once

#include <memory>

#include "collectors/builtin.h"

namespace leeway {

//   path     = "/var/log/app/*.log" or a list of patterns (glob.h)
//   exclude  = patterns of files to leave out
//   start    = "beginning" (default) or "end": of files that exist when the agent first starts
//   max_line = "1MiB": longer lines are skipped and counted
// and the keys of collectors/decode/format.h. Null after an error.
std::unique_ptr<SourceDefinition> build_log_source(CollectorContext& context);

}  // namespace leeway
