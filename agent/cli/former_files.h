// Files that an earlier run of `rules` or `dashboards` wrote and this one does not, such as tests of alerts that are
// gone: they would fail, or show what is no longer exported. Used by generated_files.cpp.
#pragma once

#include <string>
#include <vector>

#include "agent/core/expected.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// Such a file has a name of this form, and all marks in its first 4 KiB, which show who wrote it.
struct FormerFile {
  std::string prefix;
  std::string suffix;  // empty: `prefix` is the whole name
  std::vector<std::string> marks;
};

// Removes regular files of the folder that match one of `former` and are not among `written`, and says so on standard
// error. Links, folders and everything else stay.
Expected<void> remove_former_files(const std::string& directory, const std::vector<GeneratedFile>& written,
                                   const std::vector<FormerFile>& former);

}  // namespace leeway
