#include "agent/config/config_files.h"

#include <filesystem>
#include <functional>
#include <set>

#include "agent/core/whole_file.h"

namespace leeway {
namespace {

std::size_t hash_of(const Expected<std::string>& text) {
  return text ? std::hash<std::string>()(*text) : static_cast<std::size_t>(text.error().code);
}

bool same(const FileInfo& a, const FileInfo& b) {
  return a.device == b.device && a.inode == b.inode && a.size == b.size && a.modified == b.modified;
}

}  // namespace

void ConfigFiles::note(const std::string& path, const Expected<std::string>& text) { files_[path] = {hash_of(text)}; }

bool ConfigFiles::changed(FileSystem& files) {
  for (auto& [path, noted] : files_) {
    const Expected<FileInfo> info = files.stat(path);
    if (info && noted.info && same(*info, *noted.info)) {
      continue;
    }
    if (hash_of(read_whole_file(files, path, kLargestConfigFile)) != noted.content) {
      return true;
    }
    noted.info = info ? std::optional(*info) : std::nullopt;
  }
  return false;
}

std::vector<std::string> ConfigFiles::directories() const {
  std::set<std::string> directories;
  for (const auto& [path, noted] : files_) {
    const std::string directory = std::filesystem::path(path).parent_path().string();
    directories.insert(directory.empty() ? "." : directory);
  }
  return {directories.begin(), directories.end()};
}

}  // namespace leeway
