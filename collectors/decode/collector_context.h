// What a source is built from. Filled by the pipeline, used by the builders of all kinds of sources.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "agent/config/table_reader.h"
#include "collectors/decode/format.h"

namespace leeway {

struct CollectorContext {
  TableReader& reader;
  std::optional<std::string> path_override;  // --source.path
  std::span<const FormatKind> formats;       // all formats
};

}  // namespace leeway
