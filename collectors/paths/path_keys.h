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
  // What the configuration says of the files' names: `path`, whatever takes its place, or else that.
  std::vector<std::string> names;
};

// `path_override` takes the place of `path` where it is given (--source.path). `example` is one of a pattern, for
// messages. Errors are the reader's.
PathKeys read_path_keys(TableReader& reader, const std::optional<std::string>& path_override, std::string_view example);

}  // namespace leeway
