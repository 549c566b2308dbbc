// Lines of a log that stand for all of it: its first, middle and last ones. Used by init.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/file_system.h"

namespace leeway {

struct LogSample {
  std::string path{};
  std::string text{};      // whole lines, unless there is only half a one
  std::uint64_t size = 0;  // of the whole content, decompressed
  bool compressed = false;
  FileInfo info{};
};

// At most `lines` of each of the three parts, and a megabyte. Blocks while the file is read; of a compressed one, all
// of it is.
Expected<LogSample> take_log_sample(FileSystem& files, const std::string& path, std::size_t lines = 5000);

// Without their ends; empty ones too.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace leeway
