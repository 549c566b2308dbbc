#include "agent/cli/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace leeway {
namespace {

// What a file is written beside and renamed to.
Expected<std::string> target_of(const std::string& given) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::status(given, failure);  // of what a link leads to
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return Error{ErrorCode::kIo, given + ": is not a regular file; expected one that can be replaced"};
  }
  const bool is_link = std::filesystem::is_symlink(given, failure);
  failure.clear();  // a file that is not there yet
  std::string path = is_link ? std::filesystem::canonical(given, failure).string() : given;
  if (failure) {
    return Error{ErrorCode::kIo, given + ": cannot be followed: " + failure.message()};
  }
  return path;
}

Expected<void> write_beside(const std::string& beside, std::string_view content) {
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (out) {
    return {};
  }
  const std::string reason = std::strerror(errno);
  std::error_code ignored;
  std::filesystem::remove(beside, ignored);
  return Error{ErrorCode::kIo, beside + ": cannot be written: " + reason};
}

}  // namespace

Expected<void> replace_output(const std::string& given, std::string_view content) {
  const Expected<std::string> path = target_of(given);
  if (!path) {
    return path.error();
  }
  const std::string beside = *path + ".new";
  if (Expected<void> written = write_beside(beside, content); !written) {
    return written;
  }
  std::error_code failure;
  std::filesystem::rename(beside, *path, failure);
  if (failure) {
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    return Error{ErrorCode::kIo, *path + ": cannot be replaced: " + failure.message()};
  }
  return {};
}

Expected<void> check_output(const std::string& given) {
  if (given.empty()) {
    const int flags = fcntl(STDOUT_FILENO, F_GETFL);
    const bool writable = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
    return writable ? Expected<void>() : system_error("cannot write to", "standard output", EBADF);
  }
  const Expected<std::string> path = target_of(given);
  if (!path) {
    return path.error();
  }
  const std::string beside = *path + ".new";
  Expected<void> written = write_beside(beside, "");
  if (written) {
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
  }
  return written;
}

}  // namespace leeway
