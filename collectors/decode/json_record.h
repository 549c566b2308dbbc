// The record that a JSON object is read into: sets wanted cells and the time, and counts anomalies of the object.
// Used by json_decoder and json_walk. All of it is inline: these are the innermost steps of decoding.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "agent/core/record_batch.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/json_scalars.h"
#include "collectors/decode/path_trie.h"
#include "collectors/decode/timestamp.h"
#include "collectors/decode/value_scan.h"

namespace leeway {

// Eight bytes at a time: most strings are too short for a call of memchr. kPadding bytes after the text are readable.
inline bool has_escape(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof(word));
    const std::uint64_t zero_where_backslash = word ^ (kOneInEachByte * '\\');
    // A high bit for each zero byte; bytes above the first one may be marked wrongly, which does not matter here.
    const std::uint64_t found = (zero_where_backslash - kOneInEachByte) & ~zero_where_backslash & kHighBitOfEachByte;
    if (found != 0) {
      return i + static_cast<std::size_t>(std::countr_zero(found)) / 8 < text.size();
    }
  }
  return false;
}

class JsonRecord {
 public:
  JsonRecord(TimestampParser time_parser, bool has_time) : time_parser_(std::move(time_parser)), has_time_(has_time) {}

  // Starts a new row of `batch`, which stays unless it is dropped.
  void begin(RecordBatch& batch, std::uint64_t line_end) {
    batch_ = &batch;
    row_ = batch.append(kNoTime, line_end);
    ++record_;
    time_state_ = TimeState::kNotSeen;
    duplicates_ = 0;
    lone_surrogates_ = 0;
    out_of_range_ = 0;
    not_finite_ = 0;
    broken_ = 0;
  }
  void drop() { batch_->drop_last(); }
  RecordBatch& batch() { return *batch_; }

  // Only the first wanted member with a name counts: null for a later one.
  PathNode* first_of_its_name(PathNode* node) {
    if (node->seen == record_) [[unlikely]] {
      ++duplicates_;
      return nullptr;
    }
    node->seen = record_;
    return node;
  }
  bool has_duplicates() const { return duplicates_ > 0; }

  // Each sets a wanted cell, the time, or both. Text that is not well-formed becomes an error value.
  void store_string(const PathNode& node, std::string_view content, bool may_escape);
  // A number, a word, or anything else that is neither a string nor a container.
  void store_bare(const PathNode& node, std::string_view token);
  void store_broken(const PathNode& node) { store_no_time(node, broken_value()); }
  // The same values, for what is in a list or object.
  Value string_value(std::string_view content, bool may_escape);
  Value bare_value(std::string_view token);
  Value broken_value() {
    ++broken_;
    return Value::error(Failure::kConversion);
  }
  // Anything that is not a time: a container, a boolean, an error.
  void store_no_time(const PathNode& node, const Value& value) {
    store(node, value);
    if (node.is_time) {
      time_state_ = TimeState::kInvalid;
      time_text_ = {};
    }
  }
  // For a node that is not the time's.
  void store(const PathNode& node, const Value& value) {
    if (node.field != PathNode::kNoField) {
      batch_->cell(node.field, row_) = value;
    }
  }

  // `repaired`: the text had bytes that are not UTF-8.
  void count_anomalies(DecodeCounts& counts, bool repaired) const;

 private:
  enum class TimeState : std::uint8_t { kNotSeen, kNull, kInvalid, kRead };

  void store_word(const PathNode& node, std::string_view word);
  Value word_value(std::string_view word);
  // Of a token that parse_json_number() takes for no number, with its result.
  Value odd_number(std::string_view token, const Value& value);

  void store_time(std::string_view text) {
    const TimePoint time = time_parser_.parse(text);
    batch_->set_time(row_, time);
    time_state_ = TimeState::kRead;
    if (time == kNoTime) [[unlikely]] {
      time_state_ = TimeState::kInvalid;
      time_text_ = text;
    }
  }

  TimestampParser time_parser_;
  bool has_time_;
  RecordBatch* batch_ = nullptr;
  Row row_ = 0;
  std::uint64_t record_ = 0;  // number of the record
  TimeState time_state_ = TimeState::kNotSeen;
  std::string_view time_text_;  // that is no time, of kInvalid; in the batch or in the line
  std::uint32_t duplicates_ = 0;
  std::uint32_t lone_surrogates_ = 0;
  std::uint32_t out_of_range_ = 0;
  std::uint32_t not_finite_ = 0;
  std::uint32_t broken_ = 0;
};

inline Value JsonRecord::string_value(std::string_view content, bool may_escape) {
  if (may_escape && has_escape(content)) [[unlikely]] {
    char* const memory = batch_->allocate(content.size());
    std::size_t size = 0;
    const EscapeResult result = unescape_json(content, memory, size);
    if (result == EscapeResult::kInvalid) {
      return broken_value();
    }
    lone_surrogates_ += result == EscapeResult::kLoneSurrogate ? 1 : 0;
    content = {memory, size};
  }
  return Value::of_string(content);
}

inline void JsonRecord::store_string(const PathNode& node, std::string_view content, bool may_escape) {
  const Value value = string_value(content, may_escape);
  if (value.kind == ValueKind::kError) [[unlikely]] {
    return store_no_time(node, value);
  }
  store(node, value);
  if (node.is_time) {
    store_time(value.string());
  }
}

// Always inline, whatever its size: calls of it and of the parser cost 6 % of the time per line in
// tests/bench/decode_bench.
[[gnu::always_inline]] inline void JsonRecord::store_bare(const PathNode& node, std::string_view token) {
  if (token.front() >= 'a') {
    return store_word(node, token);
  }
  Value value;
  if (!parse_short_json_number(token.data(), token.data() + token.size(), value)) {
    value = parse_json_number(token);
    if (!value.is_number()) [[unlikely]] {
      return store_no_time(node, odd_number(token, value));
    }
  }
  store(node, value);
  if (node.is_time) {
    store_time(token);
  }
}

inline void JsonRecord::store_word(const PathNode& node, std::string_view word) {
  const Value value = word_value(word);
  store_no_time(node, value);
  time_state_ = node.is_time && value.kind == ValueKind::kNull ? TimeState::kNull : time_state_;
}

inline Value JsonRecord::word_value(std::string_view word) {
  if (word == "null") {
    return Value::null();
  }
  return word == "true" || word == "false" ? Value::of_bool(word == "true") : broken_value();
}

inline Value JsonRecord::odd_number(std::string_view token, const Value& value) {
  if (value.kind == ValueKind::kError) {
    ++out_of_range_;
    return value;
  }
  if (const std::optional<double> number = number_that_is_not_finite(token)) {
    ++not_finite_;
    return Value::of_double(*number);
  }
  return broken_value();
}

inline Value JsonRecord::bare_value(std::string_view token) {
  if (token.front() >= 'a') {
    return word_value(token);
  }
  const Value value = parse_json_number(token);
  return value.is_number() ? value : odd_number(token, value);
}

inline void JsonRecord::count_anomalies(DecodeCounts& counts, bool repaired) const {
  if (repaired || lone_surrogates_ > 0) [[unlikely]] {
    count_reason(counts.anomalies, "invalid_utf8");
  }
  if (duplicates_ > 0) [[unlikely]] {
    count_reason(counts.anomalies, "duplicate_key");
  }
  if (out_of_range_ > 0) [[unlikely]] {
    count_reason(counts.anomalies, "number_out_of_range");
  }
  if (not_finite_ > 0) [[unlikely]] {
    count_reason(counts.anomalies, "not_finite");
  }
  if (broken_ > 0) [[unlikely]] {
    count_reason(counts.anomalies, "broken_value");
  }
  if (has_time_ && time_state_ != TimeState::kRead) [[unlikely]] {
    if (time_state_ == TimeState::kInvalid) {
      count_invalid_time(counts, time_text_);
    } else {
      count_reason(counts.anomalies, "time_missing");
    }
  }
}

}  // namespace leeway
