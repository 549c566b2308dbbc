#include "collectors/decode/json_walk.h"

#include <algorithm>
#include <array>

#include "collectors/decode/json_tokens.h"

namespace leeway {
namespace {

// First characters of values that are no containers.
constexpr std::array<bool, 256> kScalarStart = [] {
  std::array<bool, 256> table{};
  table.fill(true);
  for (const char c : std::string_view("{}[]:,")) {
    table[static_cast<unsigned char>(c)] = false;
  }
  return table;
}();

}  // namespace

JsonOutcome JsonWalk::read(const JsonLine& line, PathNode& root, RecordBatch& batch, std::uint64_t line_end) {
  line_ = line;
  record_.begin(batch, line_end);
  std::int64_t members = 0;
  const Token* const after = read_object(line.begin, &root, 1, members);
  if (after == line.end) {
    return JsonOutcome::kRecord;
  }
  record_.drop();
  return after == nullptr ? failure_ : JsonOutcome::kSyntax;
}

const JsonWalk::Token* JsonWalk::fail(JsonOutcome outcome) {
  failure_ = outcome;
  return nullptr;
}

const JsonWalk::Token* JsonWalk::no_value(const Token* at) {
  return fail(at + 1 >= line_.end ? JsonOutcome::kTruncated : JsonOutcome::kSyntax);
}

inline std::string_view JsonWalk::token_text(const Token* at) const {
  const char* const begin = line_.text.data() + *at;
  const char* const end = line_.text.data() + (at + 1 < line_.end ? at[1] : line_.text.size());
  return without_trailing_space({begin, static_cast<std::size_t>(end - begin)});
}

PathNode* JsonWalk::search_member(PathNode& parent, const Token* key, std::size_t ordinal) {
  return parent.members.find({line_.text.data() + *key + 1, token_text(key).size() - 2}, ordinal);
}

// Reads a wanted string or number that ends right before the next token and has no escape or sign, as nearly all do;
// false for anything else, which read_value() handles. `at` is not the last token.
inline bool JsonWalk::read_plain_scalar(const Token* at, PathNode& node) {
  const char* const open = line_.text.data() + at[0];
  const char* const close = line_.text.data() + at[1] - 1;
  if (!node.is_leaf()) {
    return false;
  }
  if (*open != '"') {
    Value number;
    const bool plain = !node.is_time && (parse_short_json_number(open, close + 1, number) ||
                                         parse_plain_json_number(open, close + 1, number));
    if (plain) {
      record_.store(node, number);
    }
    return plain;
  }
  if (line_.may_escape || *close != '"' || close == open) {
    return false;
  }
  record_.store_string(node, {open + 1, static_cast<std::size_t>(close - open - 1)}, false);
  return true;
}

// The inner loop of decoding: what it needs of this object's members is in locals, so that it stays in registers.
const JsonWalk::Token* JsonWalk::read_object(const Token* at, PathNode* node, int depth, std::int64_t& members) {
  if (depth > kMaxDepth) {
    return fail(JsonOutcome::kTooDeep);
  }
  const char* const text = line_.text.data();
  const Token* const end = line_.end;
  PathNode* const parent = node != nullptr && !node->members.empty() ? node : nullptr;
  const KeyGuess* guess = parent != nullptr ? parent->members.guesses().data() : nullptr;
  const KeyGuess* guess_end = parent != nullptr ? guess + parent->members.guesses().size() : nullptr;
  ++at;
  if (at != end && text[*at] == '}') {
    return at + 1;
  }
  for (std::int64_t count = 1;; ++count) {
    // A key, its colon, a value and the token after it.
    if (end - at < 4) [[unlikely]] {
      const bool cut_off = at == end || (text[*at] == '"' && text[end[-1]] != '}');
      return fail(cut_off ? JsonOutcome::kTruncated : JsonOutcome::kSyntax);
    }
    const char* const key = text + at[0];
    PathNode* child = nullptr;
    if (guess != guess_end && guess->matches(key)) [[likely]] {
      child = (guess++)->node();
    } else if (*key != '"') {
      return fail(JsonOutcome::kSyntax);
    } else if (parent != nullptr) {
      const auto ordinal = static_cast<std::size_t>(count - 1);
      child = search_member(*parent, at, ordinal);
      const std::span<const KeyGuess> guesses = parent->members.guesses();
      guess = guesses.data() + std::min(ordinal + 1, guesses.size());
      guess_end = guesses.data() + guesses.size();
    }
    if (text[at[1]] != ':') [[unlikely]] {
      return fail(JsonOutcome::kSyntax);
    }
    at += 2;
    child = child == nullptr ? nullptr : record_.first_of_its_name(child);
    if (child == nullptr ? kScalarStart[static_cast<unsigned char>(text[*at])] : read_plain_scalar(at, *child)) {
      ++at;
    } else {
      at = read_value(at, child, depth);
      if (at == nullptr) {
        return nullptr;
      }
      if (at == end) [[unlikely]] {
        return fail(JsonOutcome::kTruncated);
      }
    }
    const char separator = text[*at++];
    if (separator != ',') {
      members = count;
      return separator == '}' ? at : fail(JsonOutcome::kSyntax);
    }
  }
}

const JsonWalk::Token* JsonWalk::read_array(const Token* at, PathNode* node, int depth, std::int64_t& elements) {
  if (depth > kMaxDepth) {
    return fail(JsonOutcome::kTooDeep);
  }
  const char* const text = line_.text.data();
  PathNode* const parent = node != nullptr && !node->elements.empty() ? node : nullptr;
  ++at;
  if (at != line_.end && text[*at] == ']') {
    return at + 1;
  }
  while (true) {
    if (at == line_.end) {
      return fail(JsonOutcome::kTruncated);
    }
    PathNode* const child = parent != nullptr ? parent->find_element(static_cast<std::size_t>(elements)) : nullptr;
    ++elements;
    at = read_value(at, child, depth);
    if (at == nullptr) {
      return nullptr;
    }
    if (at == line_.end) {
      return fail(JsonOutcome::kTruncated);
    }
    const char separator = text[*at++];
    if (separator == ']') {
      return at;
    }
    if (separator != ',') {
      return fail(JsonOutcome::kSyntax);
    }
  }
}

const JsonWalk::Token* JsonWalk::read_value(const Token* at, PathNode* node, int depth) {
  switch (line_.text[*at]) {
    case '{':
    case '[':
      return read_container(at, node, depth + 1);
    case '}':
    case ']':
    case ',':
    case ':':
      return no_value(at);
    default:
      if (node != nullptr && node->is_leaf()) {
        read_scalar(at, *node);
      }
      return at + 1;
  }
}

const JsonWalk::Token* JsonWalk::read_container(const Token* at, PathNode* node, int depth) {
  const bool is_object = line_.text[*at] == '{';
  const Token* const begin = at;
  std::int64_t size = 0;
  at = is_object ? read_object(at, node, depth, size) : read_array(at, node, depth, size);
  if (at != nullptr && node != nullptr && node->is_leaf()) {
    record_.store_no_time(*node, node->wants_items ? items(begin) : is_object ? Value::map(size) : Value::list(size));
  }
  return at;
}

// The list or object that begins there and was read before.
Value JsonWalk::items(const Token* begin) {
  return items_.read(
      begin, record_.batch(), [this](const Token* at) { return line_.text[*at]; },
      [this](const Token* at) { return scalar(at); });
}

Value JsonWalk::scalar(const Token* at) {
  const std::string_view token = token_text(at);
  if (token.front() != '"') {
    return record_.bare_value(token);
  }
  const bool closed = token.size() >= 2 && token.back() == '"';
  return closed ? record_.string_value(token.substr(1, token.size() - 2), line_.may_escape) : record_.broken_value();
}

void JsonWalk::read_scalar(const Token* at, PathNode& node) {
  const std::string_view token = token_text(at);
  if (token.front() != '"') {
    record_.store_bare(node, token);
  } else if (token.size() < 2 || token.back() != '"') {
    record_.store_broken(node);
  } else {
    record_.store_string(node, token.substr(1, token.size() - 2), line_.may_escape);
  }
}

}  // namespace leeway
