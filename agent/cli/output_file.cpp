#include "agent/cli/output_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace leeway {

Expected<void> replace_output(const std::string& path, std::string_view content) {
  const std::string beside = path + ".new";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (!out) {
    return Error{ErrorCode::kIo, beside + ": cannot be written: " + std::strerror(errno)};
  }
  std::error_code failure;
  std::filesystem::rename(beside, path, failure);
  if (failure) {
    return Error{ErrorCode::kIo, path + ": cannot be replaced: " + failure.message()};
  }
  return {};
}

}  // namespace leeway
