#include "tests/support/memory_file_system.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <random>
#include <stdexcept>
#include <unordered_set>
#include <utility>

namespace leeway {
namespace {

constexpr std::uint64_t kPageSize = 4096;
constexpr std::uint64_t kSectorSize = 512;
constexpr std::uint64_t kDevice = 1;
constexpr int kMaxSymlinks = 40;

using Page = std::string;  // kPageSize bytes
using Pages = std::map<std::uint64_t, Page>;

std::deque<std::string> split(const std::string& path) {
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

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// For the other side, whose hands never fail: a mistake in a test.
template <typename T>
T& must(Expected<T>& result) {
  if (!result) {
    throw std::logic_error(result.error().to_string());
  }
  return *result;
}

}  // namespace

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
  std::uint64_t left;  // 0: without end
};

struct MemoryFileSystem::Resolved {
  NodePtr parent;
  std::string name;
  NodePtr node;  // null where only the parent exists
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

MemoryFileSystem::MemoryFileSystem() : time_(std::chrono::seconds(1'700'000'000)) {
  root_ = std::make_shared<Node>();
  root_->type = FileType::kDirectory;
  root_->inode = 1;
  root_->links = 1;
}

MemoryFileSystem::~MemoryFileSystem() = default;

// --- as a FileSystem ---

Expected<std::unique_ptr<File>> MemoryFileSystem::open(const std::string& path, OpenMode mode) {
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

Expected<std::vector<DirectoryEntry>> MemoryFileSystem::list(const std::string& directory) const {
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

// --- the tree ---

Expected<MemoryFileSystem::Resolved> MemoryFileSystem::resolve(const std::string& path, bool follow_last,
                                                               bool privileged) const {
  std::deque<std::string> rest = split(path);
  std::vector<NodePtr> way = {root_};
  Resolved result{root_, "", root_};
  int symlinks = 0;
  while (!rest.empty()) {
    const std::string part = std::move(rest.front());
    rest.pop_front();
    if (part == "..") {
      if (way.size() > 1) {
        way.pop_back();
      }
      result = {way.back(), "", way.back()};
      continue;
    }
    const NodePtr directory = way.back();
    if (directory->type != FileType::kDirectory || (!privileged && !directory->readable)) {
      return system_error("cannot look up", path, directory->readable ? ENOTDIR : EACCES);
    }
    const auto child = directory->children.find(part);
    if (child == directory->children.end()) {
      if (!rest.empty()) {
        return system_error("cannot look up", path, ENOENT);
      }
      return Resolved{directory, part, nullptr};
    }
    if (child->second->symlink && (follow_last || !rest.empty())) {
      if (++symlinks > kMaxSymlinks) {
        return system_error("cannot look up", path, ELOOP);
      }
      const std::deque<std::string> target = split(*child->second->symlink);
      rest.insert(rest.begin(), target.begin(), target.end());
      if (child->second->symlink->starts_with('/')) {
        way.resize(1);
      }
      result = {way.back(), "", way.back()};
      continue;
    }
    result = {directory, part, child->second};
    way.push_back(child->second);
  }
  return result;
}

Expected<MemoryFileSystem::NodePtr> MemoryFileSystem::find(const std::string& path) const {
  Expected<Resolved> found = resolve(path, true);
  if (!found) {
    return found.error();
  }
  if (found->node == nullptr) {
    return system_error("cannot look up", path, ENOENT);
  }
  return found->node;
}

MemoryFileSystem::NodePtr MemoryFileSystem::make_node(FileType type) {
  auto node = std::make_shared<Node>();
  node->type = type;
  if (reuse_inodes_ && !free_inodes_.empty()) {
    node->inode = free_inodes_.back();
    free_inodes_.pop_back();
  } else {
    node->inode = next_inode_++;
  }
  touch(*node);
  node->born = node->modified;
  return node;
}

MemoryFileSystem::NodePtr MemoryFileSystem::make_parents(const std::string& path) {
  std::string partial;
  NodePtr directory = root_;
  for (const std::string& part : split(parent_of(path))) {
    partial += "/" + part;
    Expected<Resolved> found = resolve(partial, true, true);
    if (must(found).node == nullptr) {
      found->node = make_node(FileType::kDirectory);
      link(*found->parent, found->name, found->node);
    }
    directory = found->node;
  }
  return directory;
}

MemoryFileSystem::NodePtr MemoryFileSystem::find_or_create(const std::string& path) {
  make_parents(path);
  Expected<Resolved> found = resolve(path, true, true);
  if (must(found).node == nullptr) {
    found->node = make_node(FileType::kRegular);
    link(*found->parent, found->name, found->node);
  }
  return found->node;
}

void MemoryFileSystem::link(Node& parent, const std::string& name, const NodePtr& node) {
  unlink(parent, name);
  parent.children[name] = node;
  ++node->links;
  touch(parent);
}

void MemoryFileSystem::replace(const std::string& path, const NodePtr& node) {
  make_parents(path);
  Expected<Resolved> found = resolve(path, false, true);
  link(*must(found).parent, found->name, node);
}

void MemoryFileSystem::unlink(Node& parent, const std::string& name) {
  const auto child = parent.children.find(name);
  if (child == parent.children.end()) {
    return;
  }
  const NodePtr node = child->second;
  parent.children.erase(child);
  --node->links;
  touch(parent);
  release(*node);
}

void MemoryFileSystem::release(Node& node) {
  if (node.links == 0 && node.handles == 0 && !node.released) {
    node.released = true;
    free_inodes_.push_back(node.inode);
  }
}

void MemoryFileSystem::touch(Node& node) {
  node.modified = time_;
  if (!time_frozen_) {
    time_ += std::chrono::milliseconds(1);
  }
}

void MemoryFileSystem::store(Node& node, std::uint64_t offset, std::string_view bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const std::uint64_t at = offset + done;
    const std::size_t part = std::min<std::size_t>(bytes.size() - done, kPageSize - at % kPageSize);
    Page& page = node.pages[at / kPageSize];
    page.resize(kPageSize, '\0');
    page.replace(at % kPageSize, part, bytes.substr(done, part));
    done += part;
  }
  node.size = std::max(node.size, offset + bytes.size());
  touch(node);
}

void MemoryFileSystem::resize(Node& node, std::uint64_t size) {
  if (size < node.size) {
    node.pages.erase(node.pages.lower_bound((size + kPageSize - 1) / kPageSize), node.pages.end());
    const Pages::iterator last = node.pages.find(size / kPageSize);
    if (last != node.pages.end()) {
      std::memset(last->second.data() + size % kPageSize, 0, kPageSize - size % kPageSize);
    }
  }
  node.size = size;
  touch(node);
}

FileInfo MemoryFileSystem::info_of(const Node& node) const {
  FileInfo info;
  info.type = node.type;
  info.device = kDevice;
  info.inode = node.inode;
  info.links = node.links;
  info.size = node.size;
  info.modified = node.modified;
  info.born = birth_times_ ? node.born : kNoTime;
  return info;
}

// --- the other side ---

void MemoryFileSystem::append(const std::string& path, std::string_view bytes) {
  const std::lock_guard guard(mutex_);
  const NodePtr node = find_or_create(path);
  store(*node, node->size, bytes);
}

void MemoryFileSystem::append(File& writer, std::string_view bytes) {
  Expected<FileInfo> info = writer.info();
  const Expected<void> written = writer.write_at(must(info).size, bytes);
  if (!written) {
    throw std::logic_error(written.error().to_string());
  }
}

void MemoryFileSystem::write(const std::string& path, std::string_view bytes) {
  const std::lock_guard guard(mutex_);
  const NodePtr node = find_or_create(path);
  resize(*node, 0);
  store(*node, 0, bytes);
}

void MemoryFileSystem::write_at(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  const std::lock_guard guard(mutex_);
  store(*find_or_create(path), offset, bytes);
}

void MemoryFileSystem::truncate(const std::string& path, std::uint64_t size) {
  const std::lock_guard guard(mutex_);
  resize(*find_or_create(path), size);
}

std::unique_ptr<File> MemoryFileSystem::open_writer(const std::string& path) {
  const std::lock_guard guard(mutex_);
  return std::make_unique<MemoryFile>(*this, find_or_create(path), path, true, false);
}

void MemoryFileSystem::make_symlink(const std::string& target, const std::string& path) {
  const std::lock_guard guard(mutex_);
  const NodePtr node = make_node(FileType::kOther);
  node->symlink = target;
  replace(path, node);
}

void MemoryFileSystem::make_hard_link(const std::string& existing, const std::string& path) {
  const std::lock_guard guard(mutex_);
  replace(path, find_or_create(existing));
}

void MemoryFileSystem::make_fifo(const std::string& path) {
  const std::lock_guard guard(mutex_);
  replace(path, make_node(FileType::kOther));
}

void MemoryFileSystem::remove_tree(const std::string& path) {
  const std::lock_guard guard(mutex_);
  Expected<Resolved> found = resolve(path, false, true);
  if (!found || found->node == nullptr) {
    return;
  }
  std::vector<NodePtr> directories = {found->node};
  while (!directories.empty()) {
    const NodePtr directory = directories.back();
    directories.pop_back();
    while (!directory->children.empty()) {
      directories.push_back(directory->children.begin()->second);
      unlink(*directory, std::string(directory->children.begin()->first));
    }
  }
  unlink(*found->parent, found->name);
}

bool MemoryFileSystem::exists(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const Expected<Resolved> found = resolve(path, true, true);
  return found && found->node != nullptr;
}

std::string MemoryFileSystem::content(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const Expected<Resolved> found = resolve(path, true, true);
  std::string text;
  if (found && found->node != nullptr) {
    text.resize(found->node->size, '\0');
    for (const auto& [number, page] : found->node->pages) {
      const std::uint64_t begin = number * kPageSize;
      text.replace(begin, std::min<std::uint64_t>(kPageSize, text.size() - begin), page, 0,
                   std::min<std::uint64_t>(kPageSize, text.size() - begin));
    }
  }
  return text;
}

// --- behaviour and faults ---

void MemoryFileSystem::set_reuse_inodes(bool reuse) {
  const std::lock_guard guard(mutex_);
  reuse_inodes_ = reuse;
}

void MemoryFileSystem::set_birth_times(bool known) {
  const std::lock_guard guard(mutex_);
  birth_times_ = known;
}

void MemoryFileSystem::set_time(TimePoint time, bool frozen) {
  const std::lock_guard guard(mutex_);
  time_ = time;
  time_frozen_ = frozen;
}

void MemoryFileSystem::set_readable(const std::string& path, bool readable) {
  const std::lock_guard guard(mutex_);
  find_or_create(path)->readable = readable;
}

void MemoryFileSystem::set_free_space(std::optional<std::uint64_t> bytes) {
  const std::lock_guard guard(mutex_);
  free_space_ = bytes;
}

void MemoryFileSystem::set_open_limit(std::optional<std::size_t> files) {
  const std::lock_guard guard(mutex_);
  open_limit_ = files;
}

std::size_t MemoryFileSystem::open_files() const {
  const std::lock_guard guard(mutex_);
  return open_files_;
}

void MemoryFileSystem::set_read_limit(std::optional<std::size_t> bytes) {
  const std::lock_guard guard(mutex_);
  read_limit_ = bytes;
}

void MemoryFileSystem::set_after_read(std::function<void()> hook) { after_read_ = std::move(hook); }

std::uint64_t MemoryFileSystem::calls(FileOperation operation) const {
  const std::lock_guard guard(mutex_);
  return calls_[operation];
}

void MemoryFileSystem::fail(FileOperation operation, int errno_value, std::string path_part, std::uint64_t skip,
                            std::uint64_t times) {
  const std::lock_guard guard(mutex_);
  faults_.push_back({operation, errno_value, std::move(path_part), skip, times});
}

void MemoryFileSystem::clear_faults() {
  const std::lock_guard guard(mutex_);
  faults_.clear();
}

std::optional<Error> MemoryFileSystem::injected(FileOperation operation, const std::string& path) const {
  ++calls_[operation];
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    Fault& fault = faults_[i];
    if (fault.operation != operation || path.find(fault.path_part) == std::string::npos) {
      continue;
    }
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    const int errno_value = fault.errno_value;
    if (fault.left > 0 && --fault.left == 0) {
      faults_.erase(faults_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return system_error("injected fault on", path, errno_value);
  }
  return std::nullopt;
}

// Every node that is named now or was when names were last synced.
template <typename NodePtr, typename Visit>
static void visit_all(const NodePtr& root, Visit visit) {
  std::vector<NodePtr> stack = {root};
  std::unordered_set<const void*> seen;
  while (!stack.empty()) {
    const NodePtr node = stack.back();
    stack.pop_back();
    if (!seen.insert(node.get()).second) {
      continue;
    }
    for (const auto* children : {&node->children, &node->durable_children}) {
      for (const auto& [name, child] : *children) {
        stack.push_back(child);
      }
    }
    visit(*node);
  }
}

void MemoryFileSystem::persist() {
  const std::lock_guard guard(mutex_);
  visit_all(root_, [](Node& node) {
    node.durable_size = node.size;
    node.durable_pages = node.pages;
    node.durable_children = node.children;
  });
}

void MemoryFileSystem::power_cut(std::optional<std::uint64_t> torn_seed) {
  const std::lock_guard guard(mutex_);
  ++epoch_;
  std::mt19937_64 random(torn_seed.value_or(0));
  visit_all(root_, [&](Node& node) {
    node.locked = false;
    node.links = &node == root_.get() ? 1 : 0;
    node.children = node.durable_children;
    const Pages written = std::exchange(node.pages, node.durable_pages);
    const std::uint64_t written_size = std::exchange(node.size, node.durable_size);
    if (!torn_seed) {
      return;
    }
    for (const auto& [number, page] : written) {
      for (std::uint64_t sector = 0; sector < kPageSize; sector += kSectorSize) {
        if (random() % 2 == 0) {
          Page& survivor = node.pages[number];
          survivor.resize(kPageSize, '\0');
          survivor.replace(sector, kSectorSize, page, sector, kSectorSize);
        }
      }
    }
    resize(node, random() % 2 == 0 ? written_size : node.durable_size);
  });
  visit_all(root_, [](Node& node) {
    for (const auto& [name, child] : node.children) {
      ++child->links;
    }
    node.durable_size = node.size;
    node.durable_pages = node.pages;
  });
}

}  // namespace leeway
