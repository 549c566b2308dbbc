#include "collectors/decode/json_decoder.h"

#include <cstring>
#include <string>

#include "collectors/decode/json_scalars.h"
#include "collectors/decode/utf8.h"

namespace leeway {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

void count(std::map<std::string, std::uint64_t, std::less<>>& counters, std::string_view reason) {
  const auto found = counters.find(reason);
  if (found != counters.end()) {
    ++found->second;
  } else {
    counters.emplace(reason, 1);
  }
}

std::size_t first_non_space(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_space(text[at])) {
    ++at;
  }
  return at;
}

std::string_view without_trailing_space(std::string_view text) {
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

bool has_escape(std::string_view text) { return std::memchr(text.data(), '\\', text.size()) != nullptr; }

}  // namespace

JsonDecoder::JsonDecoder(const JsonOptions& options, TimestampParser time_parser, const Schema& schema)
    : text_prefix_(options.text_prefix),
      has_time_(options.time_field.has_value()),
      time_parser_(std::move(time_parser)),
      root_(make_path_trie(schema.fields(), has_time_ ? &*options.time_field : nullptr)) {}

void JsonDecoder::decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) {
  for (const Line& line : lines) {
    switch (decode_line(line, batch, counts)) {
      case Outcome::kRecord:
      case Outcome::kEmpty:
        break;
      case Outcome::kNotAnObject:
        count(counts.rejects, "not_an_object");
        break;
      case Outcome::kNoJson:
        count(counts.rejects, "no_json");
        break;
      case Outcome::kTruncated:
        count(counts.rejects, "truncated");
        break;
      case Outcome::kSyntax:
        count(counts.rejects, "syntax");
        break;
      case Outcome::kTooDeep:
        count(counts.rejects, "too_deep");
        break;
    }
  }
}

JsonDecoder::Outcome JsonDecoder::decode_line(const Line& line, RecordBatch& batch, DecodeCounts& counts) {
  std::string_view text = line.text;
  text.remove_prefix(first_non_space(text));
  if (text.empty()) {
    return Outcome::kEmpty;
  }
  if (text_prefix_) {
    const std::size_t brace = text.find('{');
    if (brace == std::string_view::npos) {
      return Outcome::kNoJson;
    }
    text.remove_prefix(brace);
  }
  if (text.front() != '{') {
    return Outcome::kNotAnObject;
  }
  bool repaired = false;
  ScanResult scanned = tokens_.scan(text);
  if (scanned == ScanResult::kInvalidUtf8) [[unlikely]] {
    char* const copy = batch.allocate(repaired_capacity(text.size()) + kPadding);
    text = {copy, repair_utf8(text, copy)};
    std::memset(copy + text.size(), ' ', kPadding);
    repaired = true;
    scanned = tokens_.scan(text);
  }
  if (scanned != ScanResult::kOk) {
    const bool ends = without_trailing_space(text).back() == '}';
    return scanned == ScanResult::kUnclosedString && !ends ? Outcome::kTruncated : Outcome::kSyntax;
  }
  text_ = text;
  row_ = batch.append(kNoTime, line.end);
  const Outcome outcome = walk(batch);
  if (outcome != Outcome::kRecord) {
    batch.drop_last();
    return outcome;
  }
  if (repaired || lone_surrogates_ > 0) {
    count(counts.anomalies, "invalid_utf8");
  }
  count_anomalies(counts);
  return outcome;
}

JsonDecoder::Outcome JsonDecoder::walk(RecordBatch& batch) {
  const std::span<const Token> starts = tokens_.starts();
  end_ = starts.data() + starts.size();
  batch_ = &batch;
  ++record_;
  time_state_ = TimeState::kNotSeen;
  duplicates_ = 0;
  lone_surrogates_ = 0;
  out_of_range_ = 0;

  std::int64_t members = 0;
  const Token* const after = read_object(starts.data(), root_.get(), 1, members);
  if (after == nullptr) {
    return failure_;
  }
  return after == end_ ? Outcome::kRecord : Outcome::kSyntax;
}

void JsonDecoder::count_anomalies(DecodeCounts& counts) const {
  if (duplicates_ > 0) [[unlikely]] {
    count(counts.anomalies, "duplicate_key");
  }
  if (out_of_range_ > 0) [[unlikely]] {
    count(counts.anomalies, "number_out_of_range");
  }
  if (has_time_ && time_state_ != TimeState::kRead) [[unlikely]] {
    count(counts.anomalies, time_state_ == TimeState::kInvalid ? "time_invalid" : "time_missing");
  }
}

const JsonDecoder::Token* JsonDecoder::fail(Outcome outcome) {
  failure_ = outcome;
  return nullptr;
}

const JsonDecoder::Token* JsonDecoder::malformed(const Token* at) {
  return fail(at + 1 >= end_ ? Outcome::kTruncated : Outcome::kSyntax);
}

std::string_view JsonDecoder::token_text(const Token* at) const {
  const std::size_t next = at + 1 < end_ ? at[1] : text_.size();
  return without_trailing_space(text_.substr(*at, next - *at));
}

const JsonDecoder::Token* JsonDecoder::read_object(const Token* at, PathNode* node, int depth, std::int64_t& members) {
  if (depth > kMaxDepth) {
    return fail(Outcome::kTooDeep);
  }
  const char* const text = text_.data();
  PathNode* const parent = node != nullptr && !node->members.empty() ? node : nullptr;
  ++at;
  if (at != end_ && text[*at] == '}') {
    return at + 1;
  }
  while (true) {
    // A key, its colon, a value and what follows it.
    if (end_ - at < 4) [[unlikely]] {
      return fail(at == end_ || text[*at] == '"' ? Outcome::kTruncated : Outcome::kSyntax);
    }
    if (text[at[0]] != '"' || text[at[1]] != ':') {
      return fail(Outcome::kSyntax);
    }
    PathNode* child = nullptr;
    if (parent != nullptr) {
      const std::string_view quoted = text[at[1] - 1] == '"' ? text_.substr(at[0], at[1] - at[0]) : token_text(at);
      child = find_member(*parent, quoted.substr(1, quoted.size() - 2), static_cast<std::size_t>(members));
    }
    ++members;
    at = read_value(at + 2, child, depth);
    if (at == nullptr) {
      return nullptr;
    }
    if (at == end_) {
      return fail(Outcome::kTruncated);
    }
    const char separator = text[*at++];
    if (separator == '}') {
      return at;
    }
    if (separator != ',') {
      return fail(Outcome::kSyntax);
    }
  }
}

const JsonDecoder::Token* JsonDecoder::read_array(const Token* at, PathNode* node, int depth, std::int64_t& elements) {
  if (depth > kMaxDepth) {
    return fail(Outcome::kTooDeep);
  }
  const char* const text = text_.data();
  PathNode* const parent = node != nullptr && !node->elements.empty() ? node : nullptr;
  ++at;
  if (at != end_ && text[*at] == ']') {
    return at + 1;
  }
  while (true) {
    if (at == end_) {
      return fail(Outcome::kTruncated);
    }
    PathNode* const child = parent != nullptr ? parent->find_element(static_cast<std::size_t>(elements)) : nullptr;
    ++elements;
    at = read_value(at, child, depth);
    if (at == nullptr) {
      return nullptr;
    }
    if (at == end_) {
      return fail(Outcome::kTruncated);
    }
    const char separator = text[*at++];
    if (separator == ']') {
      return at;
    }
    if (separator != ',') {
      return fail(Outcome::kSyntax);
    }
  }
}

PathNode* JsonDecoder::find_member(PathNode& parent, std::string_view key, std::size_t ordinal) {
  PathNode* const node = parent.members.find(key, ordinal);
  if (node == nullptr) {
    return nullptr;
  }
  if (node->seen == record_) [[unlikely]] {
    ++duplicates_;
    return nullptr;
  }
  node->seen = record_;
  return node;
}

const JsonDecoder::Token* JsonDecoder::read_value(const Token* at, PathNode* node, int depth) {
  switch (text_[*at]) {
    case '{':
    case '[':
      return read_container(at, node, depth + 1);
    case '"':
      return node != nullptr && node->is_leaf() ? read_string(at, *node) : at + 1;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      return node != nullptr && node->is_leaf() ? read_number(at, *node) : at + 1;
    case 't':
    case 'f':
    case 'n':
      return node != nullptr && node->is_leaf() ? read_word(at, *node) : at + 1;
    default:
      return malformed(at);
  }
}

const JsonDecoder::Token* JsonDecoder::read_container(const Token* at, PathNode* node, int depth) {
  const bool is_object = text_[*at] == '{';
  std::int64_t size = 0;
  at = is_object ? read_object(at, node, depth, size) : read_array(at, node, depth, size);
  if (at != nullptr && node != nullptr && node->is_leaf()) {
    store(*node, is_object ? Value::map(size) : Value::list(size));
    if (node->is_time) {
      time_state_ = TimeState::kInvalid;
    }
  }
  return at;
}

const JsonDecoder::Token* JsonDecoder::read_string(const Token* at, PathNode& node) {
  const std::string_view quoted = token_text(at);
  if (quoted.size() < 2 || quoted.back() != '"') {
    return malformed(at);
  }
  std::string_view content = quoted.substr(1, quoted.size() - 2);
  if (has_escape(content)) [[unlikely]] {
    char* const memory = batch_->allocate(content.size());
    std::size_t size = 0;
    const EscapeResult result = unescape_json(content, memory, size);
    if (result == EscapeResult::kInvalid) {
      return fail(Outcome::kSyntax);
    }
    lone_surrogates_ += result == EscapeResult::kLoneSurrogate ? 1 : 0;
    content = {memory, size};
  }
  store(node, Value::of_string(content));
  if (node.is_time) {
    store_time(content);
  }
  return at + 1;
}

const JsonDecoder::Token* JsonDecoder::read_number(const Token* at, PathNode& node) {
  const std::string_view token = token_text(at);
  const Value value = parse_json_number(token);
  if (value.kind == ValueKind::kMissing) {
    return malformed(at);
  }
  out_of_range_ += value.kind == ValueKind::kError ? 1 : 0;
  store(node, value);
  if (node.is_time) {
    store_time(token);
  }
  return at + 1;
}

const JsonDecoder::Token* JsonDecoder::read_word(const Token* at, PathNode& node) {
  const std::string_view word = token_text(at);
  if (word == "null") {
    store(node, Value::null());
    time_state_ = node.is_time ? TimeState::kNull : time_state_;
    return at + 1;
  }
  if (word != "true" && word != "false") {
    return malformed(at);
  }
  store(node, Value::of_bool(word == "true"));
  time_state_ = node.is_time ? TimeState::kInvalid : time_state_;
  return at + 1;
}

void JsonDecoder::store(const PathNode& node, const Value& value) {
  if (node.field != PathNode::kNoField) {
    batch_->cell(node.field, row_) = value;
  }
}

void JsonDecoder::store_time(std::string_view text) {
  const TimePoint time = time_parser_.parse(text);
  batch_->set_time(row_, time);
  time_state_ = time == kNoTime ? TimeState::kInvalid : TimeState::kRead;
}

}  // namespace leeway
