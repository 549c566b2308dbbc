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
  // The value of `path` in the configuration, even if it is overridden; the override if `path` is not set.
  std::vector<std::string> names;
};

// `path_override` (--source.path), if given, replaces `path`. `example` is an example pattern for messages. Errors go
// to the reader.
PathKeys read_path_keys(TableReader& reader, const std::optional<std::string>& path_override, std::string_view example);

}  // namespace leeway
