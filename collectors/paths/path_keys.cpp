#include "collectors/paths/path_keys.h"

#include <utility>

namespace leeway {
namespace {

std::vector<Glob> to_globs(const std::vector<std::string>& patterns) { return {patterns.begin(), patterns.end()}; }

}  // namespace

PathKeys read_path_keys(TableReader& reader, const std::optional<std::string>& path_override,
                        std::string_view example) {
  std::vector<std::string> configured = reader.strings("path").value_or(std::vector<std::string>{});
  const std::vector<std::string> patterns = path_override ? std::vector<std::string>{*path_override} : configured;
  if (!path_override && !reader.has("path")) {
    reader.missing("path", "a file name or pattern");
  }
  for (const std::string& pattern : patterns) {
    if (pattern.empty()) {
      reader.error("path", "an empty path; expected a file name or pattern such as \"" + std::string(example) + "\"");
    }
  }
  const std::vector<std::string> excludes = reader.strings("exclude").value_or(std::vector<std::string>{});
  if (configured.empty()) {
    configured = patterns;
  }
  return {to_globs(patterns), to_globs(excludes), std::move(configured)};
}

}  // namespace leeway
