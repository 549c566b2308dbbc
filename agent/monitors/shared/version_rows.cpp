#include "agent/monitors/shared/version_rows.h"

#include <utility>

namespace leeway {

std::string version_text(const FileVersionPart& part) {
  return part.path.empty() ? "a version" : "'" + std::string(part.path) + "'";
}

std::string VersionRows::add(const FileVersionPart& part, std::size_t more, std::uint64_t window,
                             const std::string& monitor, std::string_view expected) {
  add(part, more);
  if (!part.last || rows == 0 || rows >= window) {
    return {};
  }
  ++short_versions;
  if (std::exchange(noted, true)) {
    return {};
  }
  return monitor + ": a window of " + std::to_string(window) + " rows is more than the " + std::to_string(rows) +
         " rows of " + version_text(part) +
         ", so it spans several versions and is judged only when later ones are read; expected " +
         std::string(expected) + ", or fewer rows";
}

}  // namespace leeway
