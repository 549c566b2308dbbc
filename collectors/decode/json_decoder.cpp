#include "collectors/decode/json_decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "agent/core/utf8.h"
#include "collectors/decode/first_part.h"

namespace leeway {
namespace {

// Lines scanned together: few enough that their tokens are still in the CPU cache when they are walked.
constexpr std::size_t kGroupBytes = 32 * 1024;

std::size_t first_non_space(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_json_space(text[at])) {
    ++at;
  }
  return at;
}

// Whether the string that `text` begins with is the name of a member, as far as there is text.
bool begins_member(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') {
    end += text[end] == '\\' ? 2 : 1;
  }
  end = std::min(end + 1, text.size());
  const std::size_t next = end + first_non_space(text.substr(end));
  return next >= text.size() || text[next] == ':';
}

// From the first '{' on that a key follows, or else the first that a '}' or nothing follows; empty without one.
std::string_view find_opening_brace(std::string_view text) {
  std::string_view without_member;
  std::string_view without_key;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::size_t next = at + 1 + first_non_space(text.substr(at + 1));
    if (next < text.size() && text[next] == '"') {
      if (begins_member(text.substr(next))) {
        return text.substr(at);
      }
      without_member = without_member.empty() ? text.substr(at) : without_member;
    }
    if (without_key.empty() && (next == text.size() || text[next] == '}')) {
      without_key = text.substr(at);
    }
  }
  return without_member.empty() ? without_key : without_member;
}

}  // namespace

JsonDecoder::JsonDecoder(const JsonOptions& options, TimestampParser time_parser, const Schema& schema)
    : text_prefix_(options.text_prefix),
      root_(make_path_trie(schema, options.time_field ? &*options.time_field : nullptr)),
      shapes_(schema.size() + 1, options.text_prefix),
      walk_(std::move(time_parser), options.time_field.has_value()) {}

// While lines fit no known shape, more and more of them are read from their tokens before the next is tried, so that a
// log without shapes costs no more than reading its tokens.
void JsonDecoder::decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) {
  Group group;
  std::size_t group_end = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view object;
    JsonOutcome outcome = find_object(lines[i].text, object);
    if (outcome == JsonOutcome::kRecord) {
      bool repaired = false;
      if (i >= group_end && read_known_shape(object, lines[i].end, batch)) {
        patience_ = 1;
      } else {
        const bool try_next_time = i >= group_end;
        if (try_next_time) {
          group_end = i + scan_group(lines.subspan(i, std::min(patience_, lines.size() - i)), group);
          patience_ = std::min(2 * patience_, kMaxBatchRows);
        }
        outcome = text_prefix_ ? read_first_object(object, lines[i].end, group, batch, repaired)
                               : read_tokens(object, lines[i].end, group, batch, repaired);
        if (try_next_time && outcome == JsonOutcome::kRecord && !walk_.record().has_duplicates()) {
          shapes_.learn(line_.text, {line_.begin, line_.end}, *root_);
        }
      }
      if (outcome == JsonOutcome::kRecord) {
        walk_.record().count_anomalies(counts, repaired);
        continue;
      }
    }
    if (const std::string_view reason = reject_reason(outcome); !reason.empty()) {
      reject(counts, reason, lines[i].text);
    }
  }
}

std::string_view JsonDecoder::reject_reason(JsonOutcome outcome) {
  switch (outcome) {
    case JsonOutcome::kRecord:
    case JsonOutcome::kEmpty:
      return "";
    case JsonOutcome::kNotAnObject:
      return "not_an_object";
    case JsonOutcome::kNoJson:
      return "no_json";
    case JsonOutcome::kTruncated:
      return "truncated";
    case JsonOutcome::kSyntax:
      return "syntax";
    case JsonOutcome::kTooDeep:
      return "too_deep";
  }
  return "";
}

// Lines cannot affect each other: a quote that is left open in one makes the newline after it part of a string, which
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

// Sets line_ for a line of the group; false where its first character is not a token.
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
  const Token* const first = group.next;
  const Token* last = first + std::min(group.usual_tokens, static_cast<std::size_t>(group.end - first));
  const bool as_usual = last > first && last[-1] < end && (last == group.end || *last >= end);
  if (!as_usual) {
    last = std::lower_bound(first, group.end, end);
    group.usual_tokens = static_cast<std::size_t>(last - first);
  }
  group.next = last;
  line_ = {{group.base, end}, first, last, group.may_escape};
  return true;
}

JsonOutcome JsonDecoder::find_object(std::string_view line, std::string_view& object) const {
  line.remove_prefix(first_non_space(line));
  if (line.empty()) {
    return JsonOutcome::kEmpty;
  }
  if (text_prefix_) {
    object = find_opening_brace(line);
    return object.empty() ? JsonOutcome::kNoJson : JsonOutcome::kRecord;
  }
  object = line;
  return line.front() == '{' ? JsonOutcome::kRecord : JsonOutcome::kNotAnObject;
}

bool JsonDecoder::read_known_shape(std::string_view object, std::uint64_t line_end, RecordBatch& batch) {
  if (!shapes_.match(object)) {
    return false;
  }
  walk_.record().begin(batch, line_end);
  for (const JsonShapes::Found& found : shapes_.found()) {
    store_found(found);
  }
  return true;
}

inline void JsonDecoder::store_found(const JsonShapes::Found& found) {
  if (found.is_string) {
    walk_.record().store_string(*found.node, found.text(), found.escaped);
  } else {
    walk_.record().store_bare(*found.node, found.text());
  }
}

// An object that is no JSON is text too, such as {id} or {"a"="b"}. One that does not end is not searched for others,
// which would be parts of it.
JsonOutcome JsonDecoder::read_first_object(std::string_view text, std::uint64_t line_end, Group& group,
                                           RecordBatch& batch, bool& repaired) {
  std::optional<JsonOutcome> failure;
  while (!text.empty()) {
    const std::size_t size = object_size(text).value_or(text.size());
    repaired = false;
    const JsonOutcome outcome = read_tokens(text.substr(0, size), line_end, group, batch, repaired);
    if (outcome == JsonOutcome::kRecord) {
      return outcome;
    }
    failure = failure.value_or(outcome);
    text = find_opening_brace(text.substr(size));
  }
  return *failure;
}

JsonOutcome JsonDecoder::read_tokens(std::string_view object, std::uint64_t line_end, Group& group, RecordBatch& batch,
                                     bool& repaired) {
  if (!take_tokens(object, group)) {
    group = {};  // scanning one line overwrites the group's tokens
    if (const JsonOutcome scanned = scan_line(object, batch, repaired); scanned != JsonOutcome::kRecord) {
      return scanned;
    }
  }
  return walk_.read(line_, *root_, batch, line_end);
}

JsonOutcome JsonDecoder::scan_line(std::string_view text, RecordBatch& batch, bool& repaired) {
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
    return scanned == ScanResult::kUnclosedString && !ends ? JsonOutcome::kTruncated : JsonOutcome::kSyntax;
  }
  const std::span<const Token> starts = tokens_.starts();
  line_ = {text, starts.data(), starts.data() + starts.size(), true};
  return JsonOutcome::kRecord;
}

}  // namespace leeway
