// The nodes and open files of MemoryFileSystem. Only for its own sources.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/support/memory_file_system.h"

namespace leeway {
namespace memory_files {

inline constexpr std::uint64_t kPageSize = 4096;
inline constexpr std::uint64_t kSectorSize = 512;
inline constexpr std::uint64_t kDevice = 1;
inline constexpr int kMaxSymlinks = 40;

using Page = std::string;  // kPageSize bytes
using Pages = std::map<std::uint64_t, Page>;

inline std::deque<std::string> split(const std::string& path) {
  std::deque<std::string> parts;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    std::string part = path.substr(begin, end - begin);
    if (!part.empty() && part != ".") {
      parts.push_back(std::move(part));
    }
    begin = end + 1;
  }
  return parts;
}

inline std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// For the control side, whose operations never fail: an error is a mistake in a test.
template <typename T>
T& must(Expected<T>& result) {
  if (!result) {
    throw std::logic_error(result.error().to_string());
  }
  return *result;
}

}  // namespace memory_files

using namespace memory_files;

struct MemoryFileSystem::Node {
  FileType type = FileType::kRegular;
  std::uint64_t inode = 0;
  std::uint64_t links = 0;
  std::uint64_t handles = 0;
  bool readable = true;
  bool locked = false;
  bool released = false;
  std::optional<std::string> symlink;
  TimePoint born{};
  TimePoint modified{};
  std::uint64_t size = 0;
  Pages pages;
  std::uint64_t durable_size = 0;
  Pages durable_pages;
  std::map<std::string, NodePtr> children;
  std::map<std::string, NodePtr> durable_children;
};

struct MemoryFileSystem::Fault {
  FileOperation operation;
  int errno_value;
  std::string path_part;
  std::uint64_t skip;
  std::uint64_t left;  // 0: unlimited
};

struct MemoryFileSystem::Resolved {
  NodePtr parent;
  std::string name;
  NodePtr node;        // null if only the parent exists
  std::string path{};  // without symbolic links, if the node exists
};

class MemoryFileSystem::MemoryFile final : public File {
 public:
  MemoryFile(MemoryFileSystem& files, NodePtr node, std::string path, bool foreign, bool locks)
      : files_(files),
        node_(std::move(node)),
        path_(std::move(path)),
        epoch_(files.epoch_),
        foreign_(foreign),
        locks_(locks) {
    ++node_->handles;
    files_.open_files_ += foreign_ ? 0 : 1;
  }

  ~MemoryFile() override {
    const std::lock_guard guard(files_.mutex_);
    --node_->handles;
    files_.open_files_ -= foreign_ ? 0 : 1;
    if (locks_ && epoch_ == files_.epoch_) {
      node_->locked = false;
    }
    files_.release(*node_);
  }

  Expected<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    std::size_t size = 0;
    before_call();
    {
      const std::lock_guard guard(files_.mutex_);
      if (std::optional<Error> error = refused(FileOperation::kRead)) {
        return *std::move(error);
      }
      size = copy_out(offset, out);
    }
    if (files_.after_read_) {
      files_.after_read_();
    }
    return size;
  }

  Expected<void> write_at(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard guard(files_.mutex_);
    if (std::optional<Error> error = refused(FileOperation::kWrite)) {
      files_.store(*node_, offset, bytes.substr(0, bytes.size() / 2));
      return *std::move(error);
    }
    if (files_.free_space_ && !foreign_) {
      const std::uint64_t end = offset + bytes.size();
      const std::uint64_t growth = end > node_->size ? end - node_->size : 0;
      if (growth > *files_.free_space_) {
        const std::uint64_t fits = bytes.size() - (growth - *files_.free_space_);
        files_.store(*node_, offset, bytes.substr(0, std::min<std::uint64_t>(fits, bytes.size())));
        files_.free_space_ = 0;
        return system_error("cannot write", path_, ENOSPC);
      }
      *files_.free_space_ -= growth;
    }
    files_.store(*node_, offset, bytes);
    return {};
  }

  Expected<void> sync_data() override {
    const std::lock_guard guard(files_.mutex_);
    if (std::optional<Error> error = refused(FileOperation::kSync)) {
      return *std::move(error);
    }
    node_->durable_size = node_->size;
    node_->durable_pages = node_->pages;
    return {};
  }

  Expected<FileInfo> info() const override {
    before_call();
    const std::lock_guard guard(files_.mutex_);
    if (std::optional<Error> error = refused(FileOperation::kInfo)) {
      return *std::move(error);
    }
    return files_.info_of(*node_);
  }

  Expected<std::uint64_t> next_data(std::uint64_t offset) const override {
    const std::lock_guard guard(files_.mutex_);
    if (offset >= node_->size) {
      return offset;
    }
    const Pages::const_iterator page = node_->pages.lower_bound(offset / kPageSize);
    if (page == node_->pages.end()) {
      return node_->size;
    }
    return std::max(offset, page->first * kPageSize);
  }

 private:
  void before_call() const {
    if (!foreign_) {
      files_.before_call();
    }
  }
  std::optional<Error> refused(FileOperation operation) const {
    if (epoch_ != files_.epoch_) {
      return system_error("power was cut under", path_, EIO);
    }
    return foreign_ ? std::nullopt : files_.injected(operation, path_);
  }

  std::size_t copy_out(std::uint64_t offset, std::span<char> out) const {
    if (offset >= node_->size) {
      return 0;
    }
    std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), node_->size - offset));
    size = std::min(size, files_.read_limit_.value_or(size));
    for (std::size_t done = 0; done < size;) {
      const std::uint64_t at = offset + done;
      const std::size_t part = std::min<std::size_t>(size - done, kPageSize - at % kPageSize);
      const Pages::const_iterator page = node_->pages.find(at / kPageSize);
      if (page == node_->pages.end()) {
        std::memset(out.data() + done, 0, part);
      } else {
        std::memcpy(out.data() + done, page->second.data() + at % kPageSize, part);
      }
      done += part;
    }
    return size;
  }

  MemoryFileSystem& files_;
  NodePtr node_;
  std::string path_;
  std::uint64_t epoch_;
  bool foreign_;
  bool locks_;
};

}  // namespace leeway
