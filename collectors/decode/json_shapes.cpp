#include "collectors/decode/json_shapes.h"

#include <cstring>

#include "agent/core/ascii.h"
#include "agent/core/record_batch.h"
#include "collectors/decode/json_tokens.h"
#include "collectors/decode/value_scan.h"

namespace leeway {
namespace {

// The end of the number or word that begins at `at`; `at` if none does.
inline const char* find_bare_end(const char* at, const char* end) {
  if (const char* const number_end = find_number_end(at, end); number_end != at) [[likely]] {
    return number_end;
  }
  for (const std::string_view word : {"true", "false", "null", "NaN", "Infinity"}) {
    if (at < end && std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(word)) {
      return at + word.size();
    }
  }
  return at;
}

}  // namespace

JsonShapes::JsonShapes(std::size_t wanted, bool text_follows)
    : steps_(1), text_follows_(text_follows), found_(wanted) {}

// One text may be a prefix of another: what follows distinguishes them.
bool JsonShapes::match(std::string_view line) {
  static_assert(2 * kMaxText <= kPadding);
  const char* at = line.data();
  const char* const end = at + line.size();
  const Step* const steps = steps_.data();
  Found* found = found_.data();
  const Step* step = steps + first_;
  while (true) {
    if (!same_bytes(at, step->text, step->ignored)) {
      step = steps + step->alternative;
      continue;
    }
    const char* const begin = at + step->size;
    const char* value_end = begin;
    bool escaped = false;
    const bool is_string = step->kind == Kind::kString;
    if (is_string) [[likely]] {
      if (!find_string_end(value_end, end, escaped)) {
        return false;
      }
    } else if (step->kind == Kind::kBare) {
      value_end = find_bare_end(begin, end);
      if (value_end == begin) {
        step = steps + step->alternative;
        continue;
      }
    } else if (step->kind == Kind::kEnd) {
      if (begin == end || (text_follows_ && begin < end)) {
        found_count_ = static_cast<std::size_t>(found - found_.data());
        return true;
      }
      step = steps + step->alternative;
      continue;
    } else if (step->kind == Kind::kNone || begin > end) {
      return false;
    }
    at = value_end + (is_string ? 1 : 0);
    if (step->node != nullptr) {
      *found++ = {step->node, begin, value_end, is_string, escaped};
    }
    step = steps + step->next;
  }
}

std::uint32_t JsonShapes::find_or_add(std::uint32_t last, std::string_view text, Kind kind, PathNode* node) {
  if (text.size() > kMaxText) {
    last = find_or_add(last, text.substr(0, kMaxText), Kind::kText, nullptr);
    return last == 0 ? 0 : find_or_add(last, text.substr(kMaxText), kind, node);
  }
  // Text that continues comes after the others: it may be as long as one that ends, and does not check what follows.
  std::uint32_t* link = last == 0 ? &first_ : &steps_[last].next;
  std::size_t alternatives = 0;
  for (; *link != 0; link = &steps_[*link].alternative) {
    const Step& known = steps_[*link];
    if (known.kind == kind && std::string_view(known.text, known.size) == text) {
      return *link;
    }
    if (known.kind == Kind::kText && kind != Kind::kText) {
      break;
    }
    ++alternatives;
  }
  if (alternatives >= kMaxAlternatives || steps_.size() == kMaxSteps) {
    return 0;
  }
  Step added;
  std::memcpy(added.text, text.data(), text.size());
  added.ignored = static_cast<std::uint32_t>(~std::uint64_t{0} << text.size());
  added.kind = kind;
  added.size = static_cast<std::uint8_t>(text.size());
  added.alternative = *link;
  added.node = node;
  const auto index = static_cast<std::uint32_t>(steps_.size());
  *link = index;
  steps_.push_back(added);
  return index;
}

// Follows the tokens of an object in the tree of wanted paths.
class JsonShapes::Walk {
 public:
  explicit Walk(PathNode& root) : next_(&root) {}

  enum class Place : std::uint8_t { kStructure, kValue, kWantedContainer };

  // Takes the next token; `is_key` if a colon follows it.
  Place take(std::string_view token, bool is_key) {
    switch (token.front()) {
      case '{':
      case '[':
        if (next_ != nullptr && next_->is_leaf()) {
          return Place::kWantedContainer;
        }
        levels_.push_back({next_, 0, token.front() == '['});
        begin_value();
        return Place::kStructure;
      case '}':
      case ']':
        levels_.pop_back();
        return Place::kStructure;
      case ',':
        ++levels_.back().element;
        begin_value();
        return Place::kStructure;
      case ':':
        return Place::kStructure;
      default:
        break;
    }
    if (is_key) {
      PathNode* const parent = levels_.back().node;
      next_ = parent == nullptr ? nullptr : parent->members.search(token.substr(1, token.size() - 2));
      return Place::kStructure;
    }
    return Place::kValue;
  }

  // Of the value that take() just took; null where it is not wanted.
  PathNode* node() const { return next_ != nullptr && next_->is_leaf() ? next_ : nullptr; }

 private:
  struct Level {
    PathNode* node;
    std::size_t element;
    bool is_array;
  };

  void begin_value() {
    const Level& level = levels_.back();
    next_ = level.is_array && level.node != nullptr ? level.node->find_element(level.element) : nullptr;
  }

  PathNode* next_;  // of the next value
  std::vector<Level> levels_;
};

void JsonShapes::learn(std::string_view text, std::span<const std::uint32_t> tokens, PathNode& root) {
  if (steps_.size() == kMaxSteps && ++lessons_since_full_ == kLessonsUntilForgotten) {
    *this = JsonShapes(found_.size(), text_follows_);
  }
  Walk walk(root);
  std::uint32_t last = 0;
  std::size_t from = tokens.front();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t begin = tokens[i];
    const std::size_t next = i + 1 < tokens.size() ? tokens[i + 1] : text.size();
    const bool is_key = i + 1 < tokens.size() && text[next] == ':';
    const std::string_view token = without_trailing_space(text.substr(begin, next - begin));
    const Walk::Place place = walk.take(token, is_key);
    if (place == Walk::Place::kWantedContainer) {
      return;
    }
    if (place == Walk::Place::kStructure) {
      continue;
    }
    const bool is_string = text[begin] == '"';
    const std::size_t value = is_string ? begin + 1 : begin;
    last = find_or_add(last, text.substr(from, value - from), is_string ? Kind::kString : Kind::kBare, walk.node());
    if (last == 0) {
      return;
    }
    from = begin + token.size();
  }
  find_or_add(last, text.substr(from), Kind::kEnd, nullptr);
}

}  // namespace leeway
