#include "collectors/files/json_document.h"

#include <array>
#include <string>

#include "collectors/decode/json_scalars.h"

namespace leeway {
namespace {

// Whether every escape of a string's content is valid JSON.
bool escapes_are_valid(std::string_view content) {
  if (content.find('\\') == std::string_view::npos) {
    return true;
  }
  std::string unescaped(content.size(), '\0');
  std::size_t size = 0;
  return unescape_json(content, unescaped.data(), size) != EscapeResult::kInvalid;
}

}  // namespace

JsonDocument::Result JsonDocument::parse(std::string_view text) {
  text_ = text;
  switch (tokens_.scan(text)) {
    case ScanResult::kOk:
      break;
    case ScanResult::kEmpty:
      return Result::kEmpty;
    case ScanResult::kUnclosedString:
      return Result::kTruncated;
    case ScanResult::kInvalidUtf8:
      return Result::kInvalidUtf8;
    case ScanResult::kInvalid:
      return Result::kSyntax;
  }
  starts_ = tokens_.starts();
  return check();
}

std::string_view JsonDocument::text(Token token) const {
  const std::size_t begin = starts_[token];
  const std::size_t end = token + 1 < starts_.size() ? starts_[token + 1] : text_.size();
  return without_trailing_space(text_.substr(begin, end - begin));
}

JsonDocument::Token JsonDocument::after(Token token) const {
  std::size_t depth = 0;
  do {
    const char c = kind(token++);
    if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  } while (depth > 0);
  return token;
}

bool JsonDocument::scalar_is_valid(Token token) const {
  const std::string_view word = text(token);
  switch (word.front()) {
    case '"':
      return word.size() >= 2 && word.back() == '"' && escapes_are_valid(word.substr(1, word.size() - 2));
    case 't':
      return word == "true";
    case 'f':
      return word == "false";
    case 'n':
      return word == "null";
    default:
      return parse_json_number(word).kind != ValueKind::kMissing || number_that_is_not_finite(word).has_value();
  }
}

// The grammar, token by token, with the open brackets on a stack of fixed size.
JsonDocument::Result JsonDocument::check() const {
  enum class Next : std::uint8_t { kValue, kValueOrClose, kKey, kKeyOrClose, kColon, kCommaOrClose };
  std::array<char, kMaxDepth> open{};
  std::size_t depth = 0;
  Next next = Next::kValue;
  for (Token at = 0; at < starts_.size(); ++at) {
    const char c = kind(at);
    const bool last = at + 1 == starts_.size();
    const bool close = c == '}' || c == ']';
    if (next == Next::kCommaOrClose && depth == 0) {
      return Result::kSyntax;  // something follows the document
    }
    if (close) {
      const bool may_close =
          next == Next::kCommaOrClose || next == (c == '}' ? Next::kKeyOrClose : Next::kValueOrClose);
      if (!may_close || depth == 0 || open[depth - 1] != (c == '}' ? '{' : '[')) {
        return Result::kSyntax;
      }
      --depth;
      next = Next::kCommaOrClose;
    } else if (next == Next::kCommaOrClose) {
      if (c != ',') {
        return Result::kSyntax;
      }
      next = open[depth - 1] == '{' ? Next::kKey : Next::kValue;
    } else if (next == Next::kColon) {
      if (c != ':') {
        return Result::kSyntax;
      }
      next = Next::kValue;
    } else if (next == Next::kKey || next == Next::kKeyOrClose) {
      if (c != '"' || !scalar_is_valid(at)) {
        return Result::kSyntax;
      }
      next = Next::kColon;
    } else if (c == '{' || c == '[') {
      if (depth == kMaxDepth) {
        return Result::kTooDeep;
      }
      open[depth++] = c;
      next = c == '{' ? Next::kKeyOrClose : Next::kValueOrClose;
    } else {
      if (c == ',' || c == ':' || !scalar_is_valid(at)) {
        // A word that ends with the text may continue in a file that is still being written.
        return last && c != ',' && c != ':' && depth > 0 ? Result::kTruncated : Result::kSyntax;
      }
      next = Next::kCommaOrClose;
    }
  }
  return depth == 0 && next == Next::kCommaOrClose ? Result::kOk : Result::kTruncated;
}

}  // namespace leeway
