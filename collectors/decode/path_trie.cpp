#include "collectors/decode/path_trie.h"

#include <cstring>

#include "collectors/decode/json_scalars.h"

namespace leeway {

PathNode& MemberTable::add(const std::string& name) {
  for (const Member& member : members_) {
    if (member.name == name) {
      return *member.node;
    }
  }
  members_.push_back({name, std::make_unique<PathNode>()});
  return *members_.back().node;
}

void KeyGuess::set(std::string_view raw, PathNode* node) {
  char bytes[sizeof(words_)] = {};
  char mask[sizeof(words_)] = {};
  bytes[0] = '"';
  std::memcpy(bytes + 1, raw.data(), raw.size());
  bytes[raw.size() + 1] = '"';
  std::memset(mask, 0xFF, raw.size() + 2);
  std::memcpy(words_, bytes, sizeof(words_));
  std::memcpy(masks_, mask, sizeof(words_));
  node_ = node;
  long_ = raw.size() + 2 > sizeof(words_) / 2;
}

PathNode* MemberTable::find(std::string_view raw, std::size_t ordinal) {
  PathNode* const node = search(raw);
  if (ordinal < kMaxGuesses && raw.size() <= KeyGuess::kLongest) {
    while (ordinal >= guesses_.size()) {
      guesses_.emplace_back();
    }
    guesses_[ordinal].set(raw, node);
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

std::unique_ptr<PathNode> make_path_trie(const Schema& schema, const FieldPath* time_field) {
  auto root = std::make_unique<PathNode>();
  for (FieldId field = 0; field < schema.size(); ++field) {
    if (schema.fields()[field].json_at == 0) {
      PathNode& node = add_path(*root, schema.fields()[field]);
      node.field = field;
      node.wants_items = schema.wants_items(field);
    }
  }
  if (time_field != nullptr) {
    add_path(*root, *time_field).is_time = true;
  }
  return root;
}

}  // namespace leeway
