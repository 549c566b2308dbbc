#include "collectors/decode/json_decoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "collectors/decode/json_scalars.h"
#include "collectors/decode/utf8.h"
#include "collectors/decode/value_scan.h"

namespace leeway {
namespace {

// Lines scanned at once: few enough that their tokens are still in the processor's cache when they are walked.
constexpr std::size_t kGroupBytes = 32 * 1024;

// First characters of strings, numbers and words.
constexpr std::array<bool, 256> kScalarStart = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("\"-0123456789tfn")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

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
  while (at < text.size() && is_json_space(text[at])) {
    ++at;
  }
  return at;
}

// Eight bytes at a time: most strings are too short for a call of memchr. kPadding bytes after the text are readable.
bool has_escape(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof(word));
    const std::uint64_t zero_where_backslash = word ^ (kOneInEachByte * '\\');
    // A high bit for each zero byte; bytes above the first such may be marked wrongly, which does not matter here.
    const std::uint64_t found = (zero_where_backslash - kOneInEachByte) & ~zero_where_backslash & kHighBitOfEachByte;
    if (found != 0) {
      return i + static_cast<std::size_t>(std::countr_zero(found)) / 8 < text.size();
    }
  }
  return false;
}

}  // namespace

JsonDecoder::JsonDecoder(const JsonOptions& options, TimestampParser time_parser, const Schema& schema)
    : text_prefix_(options.text_prefix),
      has_time_(options.time_field.has_value()),
      time_parser_(std::move(time_parser)),
      root_(make_path_trie(schema.fields(), has_time_ ? &*options.time_field : nullptr)),
      shapes_(schema.size() + 1) {}

// Where lines fit no known shape, more and more of them are read from their tokens before the next is tried, so that a
// log without shapes costs no more than its tokens do.
void JsonDecoder::decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) {
  Group group;
  std::size_t group_end = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view object;
    Outcome outcome = find_object(lines[i].text, object);
    if (outcome == Outcome::kRecord) {
      bool repaired = false;
      if (i >= group_end && read_known_shape(object, lines[i].end, batch)) {
        patience_ = 1;
      } else {
        const bool try_next_time = i >= group_end;
        if (try_next_time) {
          group_end = i + scan_group(lines.subspan(i, std::min(patience_, lines.size() - i)), group);
          patience_ = std::min(2 * patience_, kMaxBatchRows);
        }
        outcome = read_tokens(object, lines[i].end, group, batch, repaired);
        if (try_next_time && outcome == Outcome::kRecord && duplicates_ == 0) {
          shapes_.learn(text_, {begin_, end_}, *root_);
        }
      }
      if (outcome == Outcome::kRecord) {
        count_anomalies(counts, repaired);
        continue;
      }
    }
    if (const std::string_view reason = reject_reason(outcome); !reason.empty()) {
      count(counts.rejects, reason);
    }
  }
}

std::string_view JsonDecoder::reject_reason(Outcome outcome) {
  switch (outcome) {
    case Outcome::kRecord:
    case Outcome::kEmpty:
      return "";
    case Outcome::kNotAnObject:
      return "not_an_object";
    case Outcome::kNoJson:
      return "no_json";
    case Outcome::kTruncated:
      return "truncated";
    case Outcome::kSyntax:
      return "syntax";
    case Outcome::kTooDeep:
      return "too_deep";
  }
  return "";
}

// Lines cannot spoil each other: a quote that is left open in one makes the newline behind it part of a string, which
// no scan accepts.
std::size_t JsonDecoder::scan_group(std::span<const Line> lines, Group& group) {
  group = {};
  const char* const base = lines.front().text.data();
  const char* end = base + lines.front().text.size();
  std::size_t size = 1;
  while (size < lines.size()) {
    const std::string_view next = lines[size].text;
    const bool follows = next.data() > end && next.data()[-1] == '\n';
    if (!follows || static_cast<std::size_t>(next.data() + next.size() - base) > kGroupBytes) {
      break;
    }
    end = next.data() + next.size();
    ++size;
  }
  if (size > 1 && tokens_.scan({base, static_cast<std::size_t>(end - base)}) == ScanResult::kOk) {
    const std::span<const Token> starts = tokens_.starts();
    const bool may_escape = std::memchr(base, '\\', static_cast<std::size_t>(end - base)) != nullptr;
    group = {base, starts.data(), starts.data() + starts.size(), 0, may_escape};
  }
  return size;
}

// Sets text_, begin_ and end_ for a line of the group; false where its first character is no token.
bool JsonDecoder::take_tokens(std::string_view text, Group& group) {
  if (group.base == nullptr) {
    return false;
  }
  const auto begin = static_cast<Token>(text.data() - group.base);
  const auto end = static_cast<Token>(begin + text.size());
  while (group.next != group.end && *group.next < begin) {
    ++group.next;
  }
  if (group.next == group.end || *group.next != begin) {
    return false;
  }
  begin_ = group.next;
  end_ = begin_ + std::min(group.usual_tokens, static_cast<std::size_t>(group.end - begin_));
  const bool as_usual = end_ > begin_ && end_[-1] < end && (end_ == group.end || *end_ >= end);
  if (!as_usual) {
    end_ = std::lower_bound(begin_, group.end, end);
    group.usual_tokens = static_cast<std::size_t>(end_ - begin_);
  }
  group.next = end_;
  text_ = {group.base, end};
  may_escape_ = group.may_escape;
  return true;
}

JsonDecoder::Outcome JsonDecoder::find_object(std::string_view line, std::string_view& object) const {
  line.remove_prefix(first_non_space(line));
  if (line.empty()) {
    return Outcome::kEmpty;
  }
  if (text_prefix_) {
    const std::size_t brace = line.find('{');
    if (brace == std::string_view::npos) {
      return Outcome::kNoJson;
    }
    line.remove_prefix(brace);
  }
  object = line;
  return line.front() == '{' ? Outcome::kRecord : Outcome::kNotAnObject;
}

bool JsonDecoder::read_known_shape(std::string_view object, std::uint64_t line_end, RecordBatch& batch) {
  if (!shapes_.match(object)) {
    return false;
  }
  begin_record(batch, line_end);
  for (const JsonShapes::Found& found : shapes_.found()) {
    if (!store_found(found)) [[unlikely]] {
      batch.drop_last();
      return false;
    }
  }
  return true;
}

inline bool JsonDecoder::store_found(const JsonShapes::Found& found) {
  if (found.is_string) {
    return store_string(*found.node, found.text(), found.escaped);
  }
  const bool is_word = *found.begin >= 'a';
  return is_word ? store_word(*found.node, found.text()) : store_number(*found.node, found.text());
}

JsonDecoder::Outcome JsonDecoder::read_tokens(std::string_view object, std::uint64_t line_end, Group& group,
                                              RecordBatch& batch, bool& repaired) {
  if (!take_tokens(object, group)) {
    group = {};  // scanning one line overwrites the group's tokens
    if (const Outcome scanned = scan_line(object, batch, repaired); scanned != Outcome::kRecord) {
      return scanned;
    }
  }
  return walk(batch, line_end);
}

JsonDecoder::Outcome JsonDecoder::scan_line(std::string_view text, RecordBatch& batch, bool& repaired) {
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
  may_escape_ = true;
  const std::span<const Token> starts = tokens_.starts();
  begin_ = starts.data();
  end_ = starts.data() + starts.size();
  return Outcome::kRecord;
}

void JsonDecoder::begin_record(RecordBatch& batch, std::uint64_t line_end) {
  batch_ = &batch;
  row_ = batch.append(kNoTime, line_end);
  ++record_;
  time_state_ = TimeState::kNotSeen;
  duplicates_ = 0;
  lone_surrogates_ = 0;
  out_of_range_ = 0;
}

// Reads the line's tokens into a new row, which stays if the line is a record.
JsonDecoder::Outcome JsonDecoder::walk(RecordBatch& batch, std::uint64_t line_end) {
  begin_record(batch, line_end);
  std::int64_t members = 0;
  const Token* const after = read_object(begin_, root_.get(), 1, members);
  if (after == end_) {
    return Outcome::kRecord;
  }
  batch.drop_last();
  return after == nullptr ? failure_ : Outcome::kSyntax;
}

void JsonDecoder::count_anomalies(DecodeCounts& counts, bool repaired) const {
  if (repaired || lone_surrogates_ > 0) [[unlikely]] {
    count(counts.anomalies, "invalid_utf8");
  }
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

inline std::string_view JsonDecoder::token_text(const Token* at) const {
  const char* const begin = text_.data() + *at;
  const char* const end = text_.data() + (at + 1 < end_ ? at[1] : text_.size());
  return without_trailing_space({begin, static_cast<std::size_t>(end - begin)});
}

PathNode* JsonDecoder::search_member(PathNode& parent, const Token* key, std::size_t ordinal) {
  return parent.members.find({text_.data() + *key + 1, token_text(key).size() - 2}, ordinal);
}

// A wanted member counts where it comes first.
inline PathNode* JsonDecoder::first_of_its_name(PathNode* node) {
  if (node->seen == record_) [[unlikely]] {
    ++duplicates_;
    return nullptr;
  }
  node->seen = record_;
  return node;
}

inline void JsonDecoder::store(const PathNode& node, const Value& value) {
  if (node.field != PathNode::kNoField) {
    batch_->cell(node.field, row_) = value;
  }
}

// A wanted string or number that ends right before the next token, without an escape or sign, as nearly all are; false
// where it is anything else, which read_value() knows how to treat. `at` is not the last token.
inline bool JsonDecoder::read_plain_scalar(const Token* at, PathNode& node) {
  const char* const open = text_.data() + at[0];
  const char* const close = text_.data() + at[1] - 1;
  if (!node.is_leaf()) {
    return false;
  }
  if (*open != '"') {
    Value number;
    const bool plain = !node.is_time && (parse_short_json_number(open, close + 1, number) ||
                                         parse_plain_json_number(open, close + 1, number));
    if (plain) {
      store(node, number);
    }
    return plain;
  }
  if (may_escape_ || *close != '"' || close == open) {
    return false;
  }
  return store_string(node, {open + 1, static_cast<std::size_t>(close - open - 1)}, false);
}

// The inner loop of all decoding: what it needs of this object's members is in locals, so that it stays in registers.
const JsonDecoder::Token* JsonDecoder::read_object(const Token* at, PathNode* node, int depth, std::int64_t& members) {
  if (depth > kMaxDepth) {
    return fail(Outcome::kTooDeep);
  }
  const char* const text = text_.data();
  const Token* const end = end_;
  PathNode* const parent = node != nullptr && !node->members.empty() ? node : nullptr;
  const KeyGuess* guess = parent != nullptr ? parent->members.guesses().data() : nullptr;
  const KeyGuess* guess_end = parent != nullptr ? guess + parent->members.guesses().size() : nullptr;
  ++at;
  if (at != end && text[*at] == '}') {
    return at + 1;
  }
  for (std::int64_t count = 1;; ++count) {
    // A key, its colon, a value and what follows it.
    if (end - at < 4) [[unlikely]] {
      const bool cut_off = at == end || (text[*at] == '"' && text[end[-1]] != '}');
      return fail(cut_off ? Outcome::kTruncated : Outcome::kSyntax);
    }
    const char* const key = text + at[0];
    PathNode* child = nullptr;
    if (guess != guess_end && guess->matches(key)) [[likely]] {
      child = (guess++)->node();
    } else if (*key != '"') {
      return fail(Outcome::kSyntax);
    } else if (parent != nullptr) {
      const auto ordinal = static_cast<std::size_t>(count - 1);
      child = search_member(*parent, at, ordinal);
      const std::span<const KeyGuess> guesses = parent->members.guesses();
      guess = guesses.data() + std::min(ordinal + 1, guesses.size());
      guess_end = guesses.data() + guesses.size();
    }
    if (text[at[1]] != ':') [[unlikely]] {
      return fail(Outcome::kSyntax);
    }
    at += 2;
    child = child == nullptr ? nullptr : first_of_its_name(child);
    if (child == nullptr ? kScalarStart[static_cast<unsigned char>(text[*at])] : read_plain_scalar(at, *child)) {
      ++at;
    } else {
      at = read_value(at, child, depth);
      if (at == nullptr) {
        return nullptr;
      }
      if (at == end) [[unlikely]] {
        return fail(Outcome::kTruncated);
      }
    }
    const char separator = text[*at++];
    if (separator != ',') {
      members = count;
      return separator == '}' ? at : fail(Outcome::kSyntax);
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
  const std::string_view content(quoted.data() + 1, quoted.size() - 2);
  return store_string(node, content, may_escape_) ? at + 1 : fail(Outcome::kSyntax);
}

const JsonDecoder::Token* JsonDecoder::read_number(const Token* at, PathNode& node) {
  return store_number(node, token_text(at)) ? at + 1 : malformed(at);
}

const JsonDecoder::Token* JsonDecoder::read_word(const Token* at, PathNode& node) {
  return store_word(node, token_text(at)) ? at + 1 : malformed(at);
}

inline bool JsonDecoder::store_string(const PathNode& node, std::string_view content, bool may_escape) {
  if (may_escape && has_escape(content)) [[unlikely]] {
    char* const memory = batch_->allocate(content.size());
    std::size_t size = 0;
    const EscapeResult result = unescape_json(content, memory, size);
    if (result == EscapeResult::kInvalid) {
      return false;
    }
    lone_surrogates_ += result == EscapeResult::kLoneSurrogate ? 1 : 0;
    content = {memory, size};
  }
  store(node, Value::of_string(content));
  if (node.is_time) {
    store_time(content);
  }
  return true;
}

inline bool JsonDecoder::store_number(const PathNode& node, std::string_view token) {
  Value value;
  if (!parse_short_json_number(token.data(), token.data() + token.size(), value)) {
    value = parse_json_number(token);
  }
  if (value.kind == ValueKind::kMissing) {
    return false;
  }
  out_of_range_ += value.kind == ValueKind::kError ? 1 : 0;
  store(node, value);
  if (node.is_time) {
    store_time(token);
  }
  return true;
}

inline bool JsonDecoder::store_word(const PathNode& node, std::string_view word) {
  if (word == "null") {
    store(node, Value::null());
    time_state_ = node.is_time ? TimeState::kNull : time_state_;
    return true;
  }
  if (word != "true" && word != "false") {
    return false;
  }
  store(node, Value::of_bool(word == "true"));
  time_state_ = node.is_time ? TimeState::kInvalid : time_state_;
  return true;
}

void JsonDecoder::store_time(std::string_view text) {
  const TimePoint time = time_parser_.parse(text);
  batch_->set_time(row_, time);
  time_state_ = time == kNoTime ? TimeState::kInvalid : TimeState::kRead;
}

}  // namespace leeway
