// The file system as a sample sees it: of each log only the newest file, and of that only its first and last lines,
// with nothing between. Collectors and decoders read it as they read the whole. Used by take_sample.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/core/file_system.h"

namespace leeway {

// Of the beginning of a file, and of its end.
struct SampleSize {
  std::size_t lines = 10'000;
  std::size_t bytes = std::size_t{8} << 20;
};

// The newest of `paths`, of those that are regular files and hold something; none if there is no such file.
std::optional<std::string> newest_of(const FileSystem& files, const std::vector<std::string>& paths);

class SampleFiles final : public FileSystem {
 public:
  // `files` must outlive it.
  explicit SampleFiles(FileSystem& files) : files_(files) {}

  // Shows this log, and in its directory no other files but those that show() names. The error of reading it.
  Expected<void> add_log(const std::string& path, const SampleSize& size);
  void show(const std::string& path) { shown_.insert(path); }
  // Unless it is shown.
  void hide(const std::string& path) { hidden_.insert(path); }
  // Until then the logs are not there: they then appear, so that they are read from their beginning.
  void reveal() { revealed_ = true; }
  // What is shown of a log, for what looks at it before a decoder does; "" for another path.
  std::string_view text_of(const std::string& path) const;
  // The share of the file that was taken; 1 for another path.
  double share_of(const std::string& path) const;

  Expected<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Expected<FileInfo> stat(const std::string& path) const override;
  Expected<std::string> real_path(const std::string& path) const override { return files_.real_path(path); }
  Expected<std::string> read_link(const std::string& path) const override { return files_.read_link(path); }
  Expected<std::vector<DirectoryEntry>> list(const std::string& directory) const override;
  // It is read only.
  Expected<void> rename(const std::string& from, const std::string& to) override;
  Expected<void> remove(const std::string& path) override;
  Expected<void> make_directory(const std::string& path) override;
  Expected<void> sync_directory(const std::string& path) override;
  Expected<std::unique_ptr<File>> lock(const std::string& path) override;
  // There are no streams in a sample.
  Expected<std::unique_ptr<StreamEndpoint>> open_stream(const StreamAddress& address,
                                                        const StreamOptions& options) override;

 private:
  struct Log {
    FileInfo info;            // of what is shown
    std::uint64_t whole = 0;  // bytes of the file
    std::shared_ptr<const std::string> text;
  };
  class TextFile;
  using Identity = std::pair<std::uint64_t, std::uint64_t>;  // device, inode

  const Log* find(const FileInfo& info) const;
  bool is_hidden(const std::string& path, FileType type) const;

  FileSystem& files_;
  std::map<Identity, Log> logs_;  // a log may be reached by several paths
  std::set<std::string> shown_;
  std::set<std::string> hidden_;
  std::set<std::string> directories_;  // of logs
  bool revealed_ = false;
};

}  // namespace leeway
