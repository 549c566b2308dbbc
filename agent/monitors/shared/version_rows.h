// The rows of the versions of files, of which a window of rows should not need several: it would be judged only when
// later ones are read. Used by drift and quality.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/record_batch.h"

namespace leeway {

// "'a.csv'" or "a version".
std::string version_text(const FileVersionPart& part);

struct VersionRows {
  std::uint64_t rows = 0;            // of the version that is being read
  std::uint64_t short_versions = 0;  // that had fewer rows than a window
  bool noted = false;

  void add(const FileVersionPart& part, std::size_t more) { rows = (part.first ? 0 : rows) + more; }
  // The same, and at the end of a version compares it with a window of `window` rows. Returns what to say of the first
  // short version, otherwise "". `monitor` is as in messages, and `expected` what to use instead of the window.
  std::string add(const FileVersionPart& part, std::size_t more, std::uint64_t window, const std::string& monitor,
                  std::string_view expected);
};

}  // namespace leeway
