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
// its content. What was read stays in memory while it is at most 8 MiB, so that it is decompressed once to be compared
// with many; of a larger one the last 2 to 4 MiB, and reading backwards further than that starts at the beginning
// again. The window of the compression takes up to 16 MiB more. A file that ends early, perhaps because it is still
// being written, is an error (kIo).
Expected<std::unique_ptr<File>> open_content(FileSystem& files, const std::string& path);

// Opens the same files again and again, as when each file that is missing is compared with each candidate, and
// decompresses those that did not change as seldom as 16 MiB of memory allow. Single-threaded.
class ContentCache {
 public:
  ContentCache();
  ~ContentCache();
  ContentCache(const ContentCache&) = delete;
  ContentCache& operator=(const ContentCache&) = delete;

  // As open_content(). The cache must outlive the file.
  Expected<std::unique_ptr<File>> open(FileSystem& files, const std::string& path);
  // Closes what is kept open: files that are deleted take room until then.
  void close_all();

 private:
  class Contents;
  const std::unique_ptr<Contents> contents_;
};

}  // namespace leeway
