#include "collectors/decode/path_trie.h"

#include <bit>
#include <cstring>

#include "collectors/decode/json_scalars.h"

namespace leeway {

static_assert(std::endian::native == std::endian::little, "Guess masks the low bytes");

PathNode& MemberTable::add(const std::string& name) {
  for (const Member& member : members_) {
    if (member.name == name) {
      return *member.node;
    }
  }
  members_.push_back({name, std::make_unique<PathNode>()});
  return *members_.back().node;
}

void MemberTable::Guess::set(std::string_view raw) {
  const std::size_t bytes = raw.size() + 1;
  std::memcpy(words, raw.data(), raw.size());
  reinterpret_cast<char*>(words)[raw.size()] = '"';
  size = static_cast<std::uint32_t>((bytes + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
  const std::size_t last = bytes - (size - 1) * sizeof(std::uint64_t);
  // Little-endian: the first bytes of the key are the low ones.
  last_mask = ~std::uint64_t{0} >> (8 * (sizeof(std::uint64_t) - last));
}

PathNode* MemberTable::find(std::string_view raw, std::size_t ordinal) {
  PathNode* const node = search(raw);
  if (ordinal < kMaxGuesses && raw.size() < kGuessWords * sizeof(std::uint64_t)) {
    if (ordinal >= guesses_.size()) {
      guesses_.resize(ordinal + 1);
    }
    guesses_[ordinal].set(raw);
    guesses_[ordinal].node = node;
  }
  return node;
}

PathNode* MemberTable::search(std::string_view raw) {
  std::string_view key = raw;
  if (raw.find('\\') != std::string_view::npos) {
    unescaped_.resize(raw.size());
    std::size_t size = 0;
    if (unescape_json(raw, unescaped_.data(), size) == EscapeResult::kInvalid) {
      return nullptr;
    }
    key = std::string_view(unescaped_).substr(0, size);
  }
  for (const Member& member : members_) {
    if (member.name == key) {
      return member.node.get();
    }
  }
  return nullptr;
}

PathNode& PathNode::element(std::uint32_t index) {
  if (PathNode* const found = find_element(index)) {
    return *found;
  }
  elements.push_back({index, std::make_unique<PathNode>()});
  return *elements.back().node;
}

PathNode* PathNode::find_element(std::size_t index) {
  for (const Element& element : elements) {
    if (element.index == index) {
      return element.node.get();
    }
  }
  return nullptr;
}

namespace {

PathNode& add_path(PathNode& root, const FieldPath& path) {
  PathNode* node = &root;
  for (const FieldPath::Step& step : path.steps) {
    if (const auto* index = std::get_if<std::uint32_t>(&step)) {
      node = &node->element(*index);
    } else {
      node = &node->members.add(std::get<std::string>(step));
    }
  }
  return *node;
}

}  // namespace

std::unique_ptr<PathNode> make_path_trie(std::span<const FieldPath> fields, const FieldPath* time_field) {
  auto root = std::make_unique<PathNode>();
  for (std::size_t field = 0; field < fields.size(); ++field) {
    add_path(*root, fields[field]).field = static_cast<FieldId>(field);
  }
  if (time_field != nullptr) {
    add_path(*root, *time_field).is_time = true;
  }
  return root;
}

}  // namespace leeway
