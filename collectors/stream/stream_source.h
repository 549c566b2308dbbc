// The sources that are no files: `stdin`, `fifo` and `socket` (STREAMS.md). Used by collectors/builtin; also by the
// log source for the path "-".
#pragma once

#include <memory>

#include "agent/core/source_definition.h"
#include "collectors/decode/collector_context.h"

namespace leeway {

// --source.path NAME=- makes any of them read standard input. Null after an error, which is in the context's reader.
std::unique_ptr<SourceDefinition> build_stdin_source(CollectorContext& context);
std::unique_ptr<SourceDefinition> build_fifo_source(CollectorContext& context);
std::unique_ptr<SourceDefinition> build_socket_source(CollectorContext& context);

// Whether a source's path, or what replaces it, is "-".
bool is_standard_input(CollectorContext& context);

}  // namespace leeway
