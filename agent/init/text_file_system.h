// A file system with one file, which is a text in memory. Used by source_trial.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/file_system.h"

namespace leeway {

class TextFileSystem final : public FileSystem {
 public:
  // `path` is absolute and in the root. `text` must outlive it.
  TextFileSystem(std::string path, std::string_view text, TimePoint modified);

  Expected<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Expected<FileInfo> stat(const std::string& path) const override;
  Expected<std::string> real_path(const std::string& path) const override { return path; }
  Expected<std::string> read_link(const std::string& path) const override { return missing(path); }
  Expected<std::vector<DirectoryEntry>> list(const std::string& directory) const override;
  Expected<void> rename(const std::string& from, const std::string& to) override;
  Expected<void> remove(const std::string& path) override { return missing(path); }
  Expected<void> make_directory(const std::string& path) override { return missing(path); }
  Expected<void> sync_directory(const std::string& path) override { return missing(path); }
  Expected<std::unique_ptr<File>> lock(const std::string& path) override { return missing(path); }

 private:
  static Error missing(const std::string& path);

  const std::string path_;
  const std::string_view text_;
  FileInfo info_;
};

}  // namespace leeway
