#include "agent/init/text_file_system.h"

#include <algorithm>
#include <cstring>

namespace leeway {
namespace {

class TextFile final : public File {
 public:
  TextFile(const FileInfo& info, std::string_view text) : info_(info), text_(text) {}

  Expected<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    if (offset >= text_.size()) {
      return std::size_t{0};
    }
    const std::size_t size = std::min<std::size_t>(out.size(), text_.size() - offset);
    std::memcpy(out.data(), text_.data() + offset, size);
    return size;
  }
  Expected<void> write_at(std::uint64_t /*offset*/, std::string_view /*bytes*/) override { return sync_data(); }
  Expected<void> sync_data() override { return Error{ErrorCode::kInternal, "a text is only read"}; }
  Expected<FileInfo> info() const override { return info_; }
  Expected<std::uint64_t> next_data(std::uint64_t offset) const override { return offset; }

 private:
  const FileInfo info_;
  const std::string_view text_;
};

}  // namespace

TextFileSystem::TextFileSystem(std::string path, std::string_view text, TimePoint modified)
    : path_(std::move(path)), text_(text) {
  info_.type = FileType::kRegular;
  info_.device = 1;
  info_.inode = 2;
  info_.links = 1;
  info_.size = text.size();
  info_.modified = modified;
}

Error TextFileSystem::missing(const std::string& path) {
  return Error{ErrorCode::kNotFound, "'" + path + "' does not exist"};
}

Expected<std::unique_ptr<File>> TextFileSystem::open(const std::string& path, OpenMode /*mode*/) {
  if (path != path_) {
    return missing(path);
  }
  return std::unique_ptr<File>(std::make_unique<TextFile>(info_, text_));
}

Expected<FileInfo> TextFileSystem::stat(const std::string& path) const {
  if (path == path_) {
    return info_;
  }
  if (path != "/") {
    return missing(path);
  }
  FileInfo root;
  root.type = FileType::kDirectory;
  root.device = 1;
  root.inode = 1;
  return root;
}

Expected<std::vector<DirectoryEntry>> TextFileSystem::list(const std::string& directory) const {
  if (directory != "/") {
    return missing(directory);
  }
  return std::vector<DirectoryEntry>{{path_.substr(1), FileType::kRegular}};
}

Expected<void> TextFileSystem::rename(const std::string& from, const std::string& /*to*/) { return missing(from); }

}  // namespace leeway
