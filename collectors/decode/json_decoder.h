// Turns lines of JSON objects into records: the `json` format. Made by json_format.
//
// The structure of every line is checked as a whole, its spelling only in the wanted values: whether a line is a record
// does not depend on what is wanted of it.
// Rejects: "not_an_object", "no_json" (with a text prefix: no '{' that begins an object), "truncated" (the line ends
// too early), "syntax", "too_deep". Anomalies of records that are kept: "duplicate_key" (the first one is taken),
// "invalid_utf8" (repaired with U+FFFD), "not_finite" (NaN, Infinity), "broken_value" and "number_out_of_range" (the
// field is an error value), "time_missing", "time_invalid" (no time: kNoTime).
#pragma once

#include <memory>
#include <optional>

#include "agent/core/schema.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/json_shapes.h"
#include "collectors/decode/json_tokens.h"
#include "collectors/decode/json_walk.h"
#include "collectors/decode/path_trie.h"
#include "collectors/decode/timestamp.h"

namespace leeway {

struct JsonOptions {
  bool text_prefix = false;  // the JSON is the first object of the line, in other text
  std::optional<FieldPath> time_field;
};

class JsonDecoder final : public Decoder {
 public:
  JsonDecoder(const JsonOptions& options, TimestampParser time_parser, const Schema& schema);

  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) override;

 private:
  using Token = std::uint32_t;  // where it begins in the text

  // "" for a record or an empty line.
  static std::string_view reject_reason(JsonOutcome outcome);

  // Lines that were scanned together: their tokens are offsets from `base`.
  struct Group {
    const char* base = nullptr;
    const Token* next = nullptr;  // the first token that may belong to a later line
    const Token* end = nullptr;
    std::size_t usual_tokens = 0;  // in the last line
    bool may_escape = true;        // whether there is any backslash
  };

  // Whether the line may contain an object; sets `object` to the text from its brace on.
  JsonOutcome find_object(std::string_view line, std::string_view& object) const;
  // Reads an object of a known shape into a new row; false if it has to be read from its tokens.
  bool read_known_shape(std::string_view object, std::uint64_t line_end, RecordBatch& batch);
  void store_found(const JsonShapes::Found& found);

  // Scans as many adjacent lines as possible together. The group is empty where one of them is not clean: then each is
  // scanned by itself. Returns the number of lines.
  std::size_t scan_group(std::span<const Line> lines, Group& group);
  // Reads an object from its tokens; sets `repaired` where its text was repaired and the tokens are of the new text.
  JsonOutcome read_tokens(std::string_view object, std::uint64_t line_end, Group& group, RecordBatch& batch,
                          bool& repaired);
  // Likewise the first object in `text`, which begins with a brace.
  JsonOutcome read_first_object(std::string_view text, std::uint64_t line_end, Group& group, RecordBatch& batch,
                                bool& repaired);
  JsonOutcome scan_line(std::string_view text, RecordBatch& batch, bool& repaired);
  bool take_tokens(std::string_view text, Group& group);

  const bool text_prefix_;
  std::unique_ptr<PathNode> root_;
  JsonTokens tokens_;
  JsonShapes shapes_;
  JsonWalk walk_;
  std::size_t patience_ = 1;  // lines to scan together if one fits no known shape
  JsonLine line_;             // the last one whose tokens were read
};

}  // namespace leeway
