// A compressed rotated log as the log that it was made from, to be read on from the position known. Used by the log
// source, which never tails compressed files: it only looks for the rest of a log in them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/core/file_system.h"

namespace leeway {

// Whether the name ends in .gz or .zst.
bool can_decompress(std::string_view path);

// `path` opened for reading, its content decompressed if can_decompress(path). The size of such a file is the one of
// its content; reading backwards further than 2 MiB starts at the beginning again. Memory: at most 2 MiB and the window
// of the compression, 16 MiB at most. A file that ends early, perhaps because it is still being written, is an error
// (kIo).
Expected<std::unique_ptr<File>> open_content(FileSystem& files, const std::string& path);

}  // namespace leeway
