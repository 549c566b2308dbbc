// The `log` type of [[source]]: its keys, and the collector that they make. Used by collectors/builtin.
#pragma once

#include <memory>

#include "agent/core/source_definition.h"
#include "collectors/decode/collector_context.h"

namespace leeway {

//   path     = "/var/log/app/*.log" or a list of patterns (glob.h)
//   exclude  = patterns of files to leave out
//   start    = "beginning" (default) or "end": of files that exist when the agent first starts
//   max_line = "1MiB": longer lines are skipped and counted
//   format   = the name of a format of lines; may be absent if the file names imply it
// and the keys of that format and of time_keys.h. Null after an error.
std::unique_ptr<SourceDefinition> build_log_source(CollectorContext& context);

}  // namespace leeway
