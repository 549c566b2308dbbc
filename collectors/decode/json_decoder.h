// Lines of JSON objects to records: the `json` format. Made by make_decoder.
//
// Every line is checked for its structure as a whole, and for its spelling only in the values that are asked for.
// Rejects: "not_an_object", "no_json" (with a text prefix: no '{'), "truncated" (the line ends too early), "syntax",
// "too_deep". Anomalies of records that count: "duplicate_key" (the first one is taken), "invalid_utf8" (repaired with
// U+FFFD), "number_out_of_range" (the field is an error value), "time_missing", "time_invalid" (no time: kNoTime).
#pragma once

#include <memory>
#include <optional>

#include "agent/core/schema.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/json_shapes.h"
#include "collectors/decode/json_tokens.h"
#include "collectors/decode/path_trie.h"
#include "collectors/decode/timestamp.h"

namespace leeway {

struct JsonOptions {
  bool text_prefix = false;  // the JSON begins at the first '{' of the line
  std::optional<FieldPath> time_field;
};

class JsonDecoder final : public Decoder {
 public:
  // Nesting beyond this is refused: it bounds the recursion.
  static constexpr int kMaxDepth = 64;

  JsonDecoder(const JsonOptions& options, TimestampParser time_parser, const Schema& schema);

  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) override;

 private:
  using Token = std::uint32_t;  // where it begins in the text
  enum class Outcome : std::uint8_t { kRecord, kEmpty, kNotAnObject, kNoJson, kTruncated, kSyntax, kTooDeep };
  enum class TimeState : std::uint8_t { kNotSeen, kNull, kInvalid, kRead };

  // "" for a record and an empty line.
  static std::string_view reject_reason(Outcome outcome);

  // Lines that were scanned together: their tokens count from `base`.
  struct Group {
    const char* base = nullptr;
    const Token* next = nullptr;  // the first token that may belong to a later line
    const Token* end = nullptr;
    std::size_t usual_tokens = 0;  // of the last line
    bool may_escape = true;        // whether there is any backslash
  };

  // Whether the line holds an object, and `object` from its brace on.
  Outcome find_object(std::string_view line, std::string_view& object) const;
  // Reads an object of a known shape into a new row; false where it has to be read from its tokens.
  bool read_known_shape(std::string_view object, std::uint64_t line_end, RecordBatch& batch);
  bool store_found(const JsonShapes::Found& found);

  // Scans as many lines as lie close together, in one go. The group is empty where one of them is not clean: then each
  // is scanned by itself. Returns the number of lines.
  std::size_t scan_group(std::span<const Line> lines, Group& group);
  // Reads an object from its tokens; `repaired` where its text had to be, and its tokens are of the repaired one.
  Outcome read_tokens(std::string_view object, std::uint64_t line_end, Group& group, RecordBatch& batch,
                      bool& repaired);
  Outcome scan_line(std::string_view text, RecordBatch& batch, bool& repaired);
  bool take_tokens(std::string_view text, Group& group);
  void begin_record(RecordBatch& batch, std::uint64_t line_end);
  Outcome walk(RecordBatch& batch, std::uint64_t line_end);
  void count_anomalies(DecodeCounts& counts, bool repaired) const;

  // The walk: each function begins at its value's first token and returns the token after the value, or null after it
  // has set failure_. `node` is null where nobody asks for the value; `count` is of members or elements.
  const Token* read_value(const Token* at, PathNode* node, int depth);
  const Token* read_object(const Token* at, PathNode* node, int depth, std::int64_t& count);
  const Token* read_array(const Token* at, PathNode* node, int depth, std::int64_t& count);
  const Token* read_container(const Token* at, PathNode* node, int depth);
  bool read_plain_scalar(const Token* at, PathNode& node);
  const Token* read_string(const Token* at, PathNode& node);
  const Token* read_number(const Token* at, PathNode& node);
  const Token* read_word(const Token* at, PathNode& node);
  PathNode* search_member(PathNode& parent, const Token* key, std::size_t ordinal);
  PathNode* first_of_its_name(PathNode* node);

  std::string_view token_text(const Token* at) const;
  const Token* fail(Outcome outcome);
  const Token* malformed(const Token* at);  // a broken token: truncated where it is the last one
  // Each sets a wanted cell, the time with it. False where the text is not well-formed; then nothing is stored.
  bool store_string(const PathNode& node, std::string_view content, bool may_escape);
  bool store_number(const PathNode& node, std::string_view token);
  bool store_word(const PathNode& node, std::string_view word);
  void store(const PathNode& node, const Value& value);
  void store_time(std::string_view text);

  bool text_prefix_;
  bool has_time_;
  TimestampParser time_parser_;
  std::unique_ptr<PathNode> root_;
  JsonTokens tokens_;
  JsonShapes shapes_;
  std::size_t patience_ = 1;  // lines to scan together where one fits no known shape

  // Of the line at hand. Tokens are offsets into `text_`, which ends with the line and may begin before it.
  std::string_view text_;
  const Token* begin_ = nullptr;
  const Token* end_ = nullptr;
  bool may_escape_ = true;  // whether strings of the line may hold escapes
  RecordBatch* batch_ = nullptr;
  Row row_ = 0;
  std::uint64_t record_ = 0;
  Outcome failure_ = Outcome::kRecord;
  TimeState time_state_ = TimeState::kNotSeen;
  std::uint32_t duplicates_ = 0;
  std::uint32_t lone_surrogates_ = 0;
  std::uint32_t out_of_range_ = 0;
};

}  // namespace leeway
