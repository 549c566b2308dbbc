// The tokens of a JSON text that was checked as a whole. Used by DocumentReader and RecordFinder.
//
// Stricter than a log line's decoder, which checks only the wanted values: half a document must never pass for a whole
// one. One extension of JSON is accepted, because Python writes it: NaN, Infinity and -Infinity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "collectors/decode/json_tokens.h"

namespace leeway {

class JsonDocument {
 public:
  // Deeper nesting is rejected: this bounds every recursion over the document.
  static constexpr std::size_t kMaxDepth = 64;

  // Of a value: the number of its first token.
  using Token = std::uint32_t;
  enum class Result : std::uint8_t { kOk, kEmpty, kTruncated, kSyntax, kTooDeep, kInvalidUtf8 };

  // `text` must outlive the document and be shorter than 4 GiB. Needs 4 bytes per token, at most 4 per byte of text.
  Result parse(std::string_view text);

  // --- after kOk ---

  // First character: one of { [ " - 0-9 t f n N I.
  char kind(Token token) const { return text_[starts_[token]]; }
  bool is_object(Token token) const { return kind(token) == '{'; }
  bool is_array(Token token) const { return kind(token) == '['; }
  bool is_container(Token token) const { return is_object(token) || is_array(token); }
  // As written: a scalar, or a string with its quotes.
  std::string_view text(Token token) const;
  // Bytes from the beginning of one token to that of a later one.
  std::uint64_t distance(Token from, Token to) const { return starts_[to] - starts_[from]; }
  // The token after the value that begins at `token`.
  Token after(Token token) const;

  // Calls visit(key, value, ordinal) for each member of an object or element of an array until it returns false; `key`
  // is the token of the member's name, or kNoKey. Returns whether all were visited.
  static constexpr Token kNoKey = ~Token{0};
  template <typename Visitor>
  bool for_each_child(Token container, Visitor visit) const;

 private:
  Result check() const;
  bool scalar_is_valid(Token token) const;

  JsonTokens tokens_;
  std::string_view text_;
  std::span<const std::uint32_t> starts_;
};

template <typename Visitor>
bool JsonDocument::for_each_child(Token container, Visitor visit) const {
  const bool object = is_object(container);
  const char close = object ? '}' : ']';
  Token at = container + 1;
  for (std::uint32_t ordinal = 0; kind(at) != close; ++ordinal) {
    const Token value = object ? at + 2 : at;
    if (!visit(object ? at : kNoKey, value, ordinal)) {
      return false;
    }
    at = after(value);
    at += kind(at) == ',' ? 1 : 0;
  }
  return true;
}

}  // namespace leeway
