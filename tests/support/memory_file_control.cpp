// The control side of MemoryFileSystem: what other processes do to its files, its behaviour, faults and power failures.
#include <random>
#include <unordered_set>

#include "tests/support/memory_file_parts.h"

namespace leeway {

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

void MemoryFileSystem::set_before_call(std::function<void()> hook) { before_call_ = std::move(hook); }

void MemoryFileSystem::before_call() const {
  if (before_call_) {
    before_call_();
  }
}

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

// Every node that has a name now or had one when names were last synced.
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
