// Which files a source reads: its keys `path` and `exclude`. Used by the builders of all sources that read files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"
#include "collectors/paths/glob.h"

namespace leeway {

struct PathKeys {
  std::vector<Glob> patterns;
  std::vector<Glob> excludes;
  // The file names in the configuration: `path`, even where it is overridden, or else the override.
  std::vector<std::string> names;
};

// `path_override` replaces `path` where it is given (--source.path). `example` is a sample pattern for messages. Errors
// are in the reader.
PathKeys read_path_keys(TableReader& reader, const std::optional<std::string>& path_override, std::string_view example);

}  // namespace leeway
