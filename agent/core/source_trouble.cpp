#include "agent/core/source_trouble.h"

namespace leeway {

std::string trouble_of(const SourceStatus& source) {
  if (source.matching_files == std::uint64_t{0}) {
    const bool ever = source.bytes != 0 || source.records != 0 || !source.rejects.empty();
    return ever ? "no file matches " + source.paths + " any more" : "no file has matched " + source.paths + " so far";
  }
  if (source.stream && !source.stream->open) {
    return "nothing can arrive";
  }
  const std::uint64_t files = source.matching_files.value_or(0);
  if (source.unreadable_files != 0 && source.unreadable_files >= files) {
    return std::to_string(source.unreadable_files) +
           (source.unreadable_files == 1 ? " file is not read" : " files are not read");
  }
  return "";
}

}  // namespace leeway
