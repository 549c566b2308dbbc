#include "agent/cli/output_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace leeway {

Expected<void> replace_output(const std::string& given, std::string_view content) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::status(given, failure);  // of what a link leads to
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return Error{ErrorCode::kIo, given + ": is not a regular file; expected one that can be replaced"};
  }
  const bool is_link = std::filesystem::is_symlink(given, failure);
  failure.clear();  // a file that is not there yet
  const std::string path = is_link ? std::filesystem::canonical(given, failure).string() : given;
  if (failure) {
    return Error{ErrorCode::kIo, given + ": cannot be followed: " + failure.message()};
  }
  const std::string beside = path + ".new";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (!out) {
    const std::string reason = std::strerror(errno);
    std::filesystem::remove(beside, failure);
    return Error{ErrorCode::kIo, beside + ": cannot be written: " + reason};
  }
  std::filesystem::rename(beside, path, failure);
  if (failure) {
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    return Error{ErrorCode::kIo, path + ": cannot be replaced: " + failure.message()};
  }
  return {};
}

}  // namespace leeway
