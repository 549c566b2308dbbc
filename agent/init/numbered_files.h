// Logs whose names differ in a number, as those of workers, shards and ports do. Pure functions, used by init_inputs.
#pragma once

#include <string>
#include <vector>

namespace leeway {

struct NumberedFiles {
  std::string pattern;               // "/var/log/app/worker-[0-9]*.log"
  std::string fields;                // `path_fields`: a regular expression with one group
  std::string label;                 // the name of that group: "worker"
  std::string name;                  // of a source: "worker"
  std::vector<std::string> paths{};  // of at least two files
};

// The sets of such logs among `paths`, which are in one directory or in several. Paths with a * are in none.
std::vector<NumberedFiles> numbered_files(const std::vector<std::string>& paths);

}  // namespace leeway
