// Maps the values of a document's records to columns: each field of the schema belongs to the record, to a value that
// encloses it, or is a key on the path to it. Used by DocumentReader.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/record_batch.h"
#include "agent/core/schema.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/json_items.h"
#include "collectors/decode/path_trie.h"
#include "collectors/decode/timestamp.h"
#include "collectors/files/json_document.h"
#include "collectors/files/record_path.h"

namespace leeway {

struct RecordNames {
  // Field of a record that is not an object or array: `{"a": 1, "b": 2}` with `records = "*"`.
  static constexpr const char* kScalar = "value";

  std::vector<std::string> keys{};     // name of the field that holds the key, for each `*`; or empty
  std::vector<std::string> parents{};  // first step of the fields of the enclosing values, the document first
  std::optional<FieldPath> time{};
};

class RecordColumns {
 public:
  RecordColumns(const RecordNames& names, const RecordPath& path, const Schema& schema, TimestampParser time_parser);

  // To be called for each new batch: values that the last one owned are gone.
  void new_batch();
  // Adds `record` to `batch`, which is not full. Counts the anomalies "duplicate_key", "number_out_of_range",
  // "not_finite", "time_missing" and "time_invalid".
  void append(const JsonDocument& document, const RecordFinder& finder, const RecordFinder::Record& record,
              RecordBatch& batch, DecodeCounts& counts);

 private:
  using Token = JsonDocument::Token;
  // The fields of one value: a record, or a value that encloses it.
  struct Level {
    std::unique_ptr<PathNode> trie;  // null where no field is wanted
    std::vector<FieldId> columns;    // of the trie's fields
    std::vector<Value> values;
    bool has_time = false;
    TimePoint time = kNoTime;
    bool time_seen = false;
    std::optional<Token> token;  // the value whose fields these are
    std::uint64_t number = 0;    // of values seen, as the trie counts them
  };
  struct KeyColumn {
    std::size_t wildcard;
    FieldId column;
  };

  std::size_t level_of(const FieldPath& path) const;
  void extract(Level& level, Token token);
  Token walk(Level& level, Token token, PathNode* node);
  Token walk_container(Level& level, Token token, PathNode* node);
  void store(Level& level, const PathNode& node, const Value& value, std::string_view text);
  void store_scalar(Level& level, Token token, const PathNode& node);
  Value scalar(Token token);
  Value items(Token begin);
  Value key_value(const RecordFinder::Element& element);

  RecordNames names_;
  std::size_t ancestors_;
  std::size_t wildcards_;
  TimestampParser time_parser_;
  std::vector<Level> levels_;  // the enclosing values, outermost first, then the record
  std::vector<KeyColumn> key_columns_;

  // Of the current record.
  const JsonDocument* document_ = nullptr;
  RecordBatch* batch_ = nullptr;
  DecodeCounts* counts_ = nullptr;
  JsonItems items_;
};

}  // namespace leeway
