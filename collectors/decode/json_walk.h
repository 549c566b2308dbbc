// Walks the tokens of a line, reads its object into a record and checks its structure on the way: brackets, commas,
// colons, and keys that are strings. A value that is no container is one token, whatever its spelling; only wanted ones
// are looked at, so that a broken one costs nobody else the line. Used by json_decoder.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "agent/core/record_batch.h"
#include "collectors/decode/json_items.h"
#include "collectors/decode/json_record.h"
#include "collectors/decode/path_trie.h"

namespace leeway {

// The result of reading a line.
enum class JsonOutcome : std::uint8_t { kRecord, kEmpty, kNotAnObject, kNoJson, kTruncated, kSyntax, kTooDeep };

// The tokens of one line: offsets into `text`, which ends with the line and may begin before it.
struct JsonLine {
  std::string_view text;
  const std::uint32_t* begin = nullptr;
  const std::uint32_t* end = nullptr;
  bool may_escape = true;  // whether its strings may contain escapes
};

class JsonWalk {
 public:
  // Deeper nesting is rejected: this bounds the recursion.
  static constexpr int kMaxDepth = 64;

  JsonWalk(TimestampParser time_parser, bool has_time) : record_(std::move(time_parser), has_time) {}

  // Reads the line's object, which its first token opens, into a new row of `batch`, which stays if the line is a
  // record. `root` is the trie of the wanted values.
  JsonOutcome read(const JsonLine& line, PathNode& root, RecordBatch& batch, std::uint64_t line_end);
  // The last record, or the one that the next line is read into by other means. Part of the walk so that its inner loop
  // needs no pointer to it.
  JsonRecord& record() { return record_; }

 private:
  using Token = std::uint32_t;  // where it begins in the text

  // Each begins at its value's first token and returns the token after the value, or null after it has set failure_.
  // `node` is null where the value is not wanted; `count` is of members or elements.
  const Token* read_value(const Token* at, PathNode* node, int depth);
  const Token* read_object(const Token* at, PathNode* node, int depth, std::int64_t& count);
  const Token* read_array(const Token* at, PathNode* node, int depth, std::int64_t& count);
  const Token* read_container(const Token* at, PathNode* node, int depth);
  bool read_plain_scalar(const Token* at, PathNode& node);
  void read_scalar(const Token* at, PathNode& node);
  Value scalar(const Token* at);
  Value items(const Token* begin);
  PathNode* search_member(PathNode& parent, const Token* key, std::size_t ordinal);

  std::string_view token_text(const Token* at) const;
  const Token* fail(JsonOutcome outcome);
  const Token* no_value(const Token* at);  // truncated if it is the last token

  JsonLine line_;  // the line being read
  JsonRecord record_;
  JsonItems items_;
  JsonOutcome failure_ = JsonOutcome::kRecord;
};

}  // namespace leeway
