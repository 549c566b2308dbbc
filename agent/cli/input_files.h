// The files that `leeway init` was given: files, and what directories hold that may be a log. Used by init_inputs.
#pragma once

#include <string>
#include <vector>

#include "agent/core/file_system.h"

namespace leeway {

struct InputFile {
  std::string path;  // absolute
  FileInfo info;
  bool named = false;  // by who called init, and not found in a directory
};

// The file, or those below the directory, some levels deep, sorted by their paths. Without hidden ones, and without
// what is no text or, in a directory, no log by its name: of each of these `said` gets a sentence. Errors: a path that
// does not exist, a file that was named and cannot be read.
Expected<std::vector<InputFile>> input_files(FileSystem& files, const std::string& given,
                                             std::vector<std::string>& said);

bool is_compressed_name(const std::string& path);

}  // namespace leeway
