// The kinds of sources and the formats that they read: one row each. To add a kind of source, write its pair of files
// and add a row to builtin.cpp; to add a format, add a row to formats.cpp. Used by the pipeline.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "agent/core/source_definition.h"
#include "collectors/decode/collector_context.h"
#include "collectors/decode/format.h"

namespace leeway {

struct CollectorKind {
  std::string_view type;  // `type` of [[source]]: "log"
  // Null after an error, which is in the context's reader.
  std::unique_ptr<SourceDefinition> (*build)(CollectorContext& context);
  bool has_file_versions = false;  // its batches say which version of a file they belong to
};

std::span<const CollectorKind> builtin_collectors();

// In the order in which errors list them.
std::span<const FormatKind> builtin_formats();

}  // namespace leeway
