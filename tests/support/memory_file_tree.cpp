// MemoryFileSystem's tree of nodes: how paths are resolved and nodes created, changed and released.
#include <cstring>

#include "tests/support/memory_file_parts.h"

namespace leeway {

Expected<MemoryFileSystem::Resolved> MemoryFileSystem::resolve(const std::string& path, bool follow_last,
                                                               bool privileged) const {
  std::deque<std::string> rest = split(path);
  std::vector<NodePtr> way = {root_};
  std::vector<std::string> names;
  Resolved result{root_, "", root_};
  int symlinks = 0;
  while (!rest.empty()) {
    const std::string part = std::move(rest.front());
    rest.pop_front();
    if (part == "..") {
      if (way.size() > 1) {
        way.pop_back();
        names.pop_back();
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
        names.clear();
      }
      result = {way.back(), "", way.back()};
      continue;
    }
    result = {directory, part, child->second};
    way.push_back(child->second);
    names.push_back(part);
  }
  for (const std::string& name : names) {
    result.path += "/" + name;
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

}  // namespace leeway
