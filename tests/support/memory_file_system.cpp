#include "tests/support/memory_file_system.h"

#include "tests/support/memory_file_parts.h"

namespace leeway {

MemoryFileSystem::MemoryFileSystem() : time_(std::chrono::seconds(1'700'000'000)) {
  root_ = std::make_shared<Node>();
  root_->type = FileType::kDirectory;
  root_->inode = 1;
  root_->links = 1;
}

MemoryFileSystem::~MemoryFileSystem() = default;

Expected<std::unique_ptr<File>> MemoryFileSystem::open(const std::string& path, OpenMode mode) {
  before_call();
  const std::lock_guard guard(mutex_);
  if (std::optional<Error> error = injected(FileOperation::kOpen, path)) {
    return *std::move(error);
  }
  if (open_limit_ && open_files_ >= *open_limit_) {
    return system_error("cannot open", path, EMFILE);
  }
  Expected<Resolved> found = resolve(path, true);
  if (!found) {
    return found.error();
  }
  if (found->node == nullptr) {
    if (mode == OpenMode::kRead) {
      return system_error("cannot open", path, ENOENT);
    }
    found->node = make_node(FileType::kRegular);
    link(*found->parent, found->name, found->node);
  }
  if (!found->node->readable) {
    return system_error("cannot open", path, EACCES);
  }
  if (found->node->type != FileType::kRegular) {
    return Error{ErrorCode::kIo, "cannot open '" + path + "': not a regular file"};
  }
  return std::unique_ptr<File>(std::make_unique<MemoryFile>(*this, found->node, path, false, false));
}

Expected<FileInfo> MemoryFileSystem::stat(const std::string& path) const {
  before_call();
  const std::lock_guard guard(mutex_);
  if (std::optional<Error> error = injected(FileOperation::kStat, path)) {
    return *std::move(error);
  }
  const Expected<NodePtr> node = find(path);
  if (!node) {
    return node.error();
  }
  return info_of(**node);
}

Expected<std::string> MemoryFileSystem::real_path(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const Expected<Resolved> found = resolve(path, true);
  if (!found) {
    return found.error();
  }
  return found->node == nullptr ? system_error("cannot resolve", path, ENOENT) : Expected<std::string>(found->path);
}

Expected<std::string> MemoryFileSystem::read_link(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const Expected<Resolved> found = resolve(path, false);
  if (!found || found->node == nullptr) {
    return found ? system_error("cannot read the link", path, ENOENT) : found.error();
  }
  const std::optional<std::string>& target = found->node->symlink;
  return target ? *target : Expected<std::string>(system_error("cannot read the link", path, EINVAL));
}

Expected<std::vector<DirectoryEntry>> MemoryFileSystem::list(const std::string& directory) const {
  before_call();
  const std::lock_guard guard(mutex_);
  if (std::optional<Error> error = injected(FileOperation::kList, directory)) {
    return *std::move(error);
  }
  const Expected<NodePtr> node = find(directory);
  if (!node) {
    return node.error();
  }
  if ((*node)->type != FileType::kDirectory || !(*node)->readable) {
    return system_error("cannot list", directory, (*node)->readable ? ENOTDIR : EACCES);
  }
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, child] : (*node)->children) {
    entries.push_back({name, child->symlink ? FileType::kOther : child->type});
  }
  return entries;
}

Expected<void> MemoryFileSystem::rename(const std::string& from, const std::string& to) {
  const std::lock_guard guard(mutex_);
  if (std::optional<Error> error = injected(FileOperation::kRename, from)) {
    return *std::move(error);
  }
  Expected<Resolved> source = resolve(from, false);
  Expected<Resolved> target = resolve(to, false);
  if (!source || !target) {
    return source ? target.error() : source.error();
  }
  if (source->node == nullptr) {
    return system_error("cannot rename", from, ENOENT);
  }
  if (source->node == target->node) {
    return {};
  }
  link(*target->parent, target->name, source->node);
  unlink(*source->parent, source->name);
  return {};
}

Expected<void> MemoryFileSystem::remove(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (std::optional<Error> error = injected(FileOperation::kRemove, path)) {
    return *std::move(error);
  }
  Expected<Resolved> found = resolve(path, false);
  if (!found) {
    return found.error();
  }
  if (found->node == nullptr || found->node->type == FileType::kDirectory) {
    return system_error("cannot remove", path, found->node == nullptr ? ENOENT : EISDIR);
  }
  unlink(*found->parent, found->name);
  return {};
}

Expected<void> MemoryFileSystem::make_directory(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (std::optional<Error> error = injected(FileOperation::kMakeDirectory, path)) {
    return *std::move(error);
  }
  std::string partial;
  for (const std::string& part : split(path)) {
    partial += "/" + part;
    Expected<Resolved> found = resolve(partial, true);
    if (!found) {
      return found.error();
    }
    if (found->node == nullptr) {
      link(*found->parent, found->name, make_node(FileType::kDirectory));
    } else if (found->node->type != FileType::kDirectory) {
      return system_error("cannot create directory", path, ENOTDIR);
    }
  }
  return {};
}

Expected<void> MemoryFileSystem::sync_directory(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (std::optional<Error> error = injected(FileOperation::kSyncDirectory, path)) {
    return *std::move(error);
  }
  const Expected<NodePtr> node = find(path);
  if (!node) {
    return node.error();
  }
  (*node)->durable_children = (*node)->children;
  return {};
}

Expected<std::unique_ptr<File>> MemoryFileSystem::lock(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (std::optional<Error> error = injected(FileOperation::kLock, path)) {
    return *std::move(error);
  }
  Expected<Resolved> found = resolve(path, true);
  if (!found) {
    return found.error();
  }
  if (found->node == nullptr) {
    found->node = make_node(FileType::kRegular);
    link(*found->parent, found->name, found->node);
  }
  if (!found->node->readable) {
    return system_error("cannot open", path, EACCES);
  }
  if (found->node->locked) {
    return Error{ErrorCode::kInUse, "'" + path + "' is locked by another process"};
  }
  found->node->locked = true;
  return std::unique_ptr<File>(std::make_unique<MemoryFile>(*this, found->node, path, false, true));
}

}  // namespace leeway
