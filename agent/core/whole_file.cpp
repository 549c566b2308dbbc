#include "agent/core/whole_file.h"

namespace leeway {

Expected<void> read_beginning(File& file, std::uint64_t size, std::string& text) {
  text.resize(static_cast<std::size_t>(size));
  const Expected<std::size_t> read = read_fully(file, 0, text);
  if (!read) {
    return read.error();
  }
  text.resize(*read);
  return {};
}

Expected<std::string> read_range(File& file, std::uint64_t offset, std::uint64_t size) {
  std::string text(static_cast<std::size_t>(size), '\0');
  const Expected<std::size_t> read = read_fully(file, offset, text);
  if (!read) {
    return read.error();
  }
  text.resize(*read);
  return text;
}

Expected<std::string> read_whole_file(FileSystem& files, const std::string& path, std::uint64_t limit) {
  const Expected<std::unique_ptr<File>> file = files.open(path, OpenMode::kRead);
  if (!file) {
    return file.error();
  }
  const Expected<FileInfo> info = (*file)->info();
  if (!info) {
    return info.error();
  }
  if (info->size > limit) {
    return Error{ErrorCode::kLimit, "it is too large"};
  }
  std::string text;
  if (const Expected<void> read = read_beginning(**file, info->size, text); !read) {
    return read.error();
  }
  return text;
}

Expected<void> write_whole_file(FileSystem& files, const std::string& path, std::string_view content) {
  const std::string fresh = path + ".new";
  static_cast<void>(files.remove(fresh));
  Expected<std::unique_ptr<File>> file = files.open(fresh, OpenMode::kReadWriteCreate);
  if (!file) {
    return Error{file.error().code, fresh + ": " + file.error().message};
  }
  if (Expected<void> written = (*file)->write_at(0, content); !written) {
    return written;
  }
  if (Expected<void> synced = (*file)->sync_data(); !synced) {
    return synced;
  }
  return files.rename(fresh, path);
}

}  // namespace leeway
