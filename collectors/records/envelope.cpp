#include "collectors/records/envelope.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "agent/core/json_escape.h"
#include "agent/core/utf8.h"
#include "collectors/records/colours.h"

namespace leeway {
namespace {

constexpr std::size_t kBlock = 16;

// The first blank of a short text, or its size.
std::size_t find_near_blank(std::string_view text) {
  std::size_t at = 0;
#ifdef __SSE2__
  for (; at + kBlock <= text.size(); at += kBlock) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const auto blanks = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '))));
    if (blanks != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(blanks));
    }
  }
#endif
  while (at < text.size() && text[at] != ' ') {
    ++at;
  }
  return at;
}

constexpr std::size_t kStream = sizeof("stdout") - 1;
constexpr std::size_t kTag = kStream + 1;

// kubernetes/cri-api: "<time> <stream> <tags> <content>", where the first tag is P (partial) or F (full). The last
// blank may be missing where the content is empty.
bool unwrap_cri(std::string_view line, Unwrapped& out) {
  constexpr std::size_t kShortestTime = 20;
  const std::size_t time_size = find_near_blank(line);
  const std::size_t tag = time_size + 1 + kTag;
  if (time_size < kShortestTime || tag >= line.size() || line[10] != 'T') {
    return false;
  }
  const char* const stream = line.data() + time_size + 1;
  if (stream[kStream] != ' ' ||
      (std::memcmp(stream, "stdout", kStream) != 0 && std::memcmp(stream, "stderr", kStream) != 0)) {
    return false;
  }
  const std::size_t end =
      tag + 1 < line.size() && line[tag + 1] == ' ' ? tag + 1 : std::min(line.find(' ', tag), line.size());
  if ((line[tag] != 'P' && line[tag] != 'F') || (end > tag + 1 && line[tag + 1] != ':')) {
    return false;
  }
  const std::size_t content = std::min(end + 1, line.size());
  out.time = {line.data(), time_size};
  out.stream = {stream, kStream};
  out.partial = line[tag] == 'P';
  out.content = {line.data() + content, line.size() - content};
  return true;
}

// Moves `at` to the next quote or backslash, or to `end`. Copies what it passes to `to`, where there is room for that
// and another block, and moves `to` behind it.
void copy_plain(const char*& at, const char* end, char*& to) {
#ifdef __SSE2__
  while (static_cast<std::size_t>(end - at) >= kBlock) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    const auto special = static_cast<std::uint32_t>(_mm_movemask_epi8(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')))));
    const auto plain = special == 0 ? kBlock : static_cast<std::size_t>(std::countr_zero(special));
    at += plain;
    to += plain;
    if (special != 0) {
      return;
    }
  }
#endif
  while (at != end && *at != '"' && *at != '\\') {
    *to++ = *at++;
  }
}

// Unescapes a JSON string up to its closing quote, and removes it from `rest`. The result points into `rest` if only a
// newline at its end is escaped.
bool take_json_string(std::string_view& rest, std::string& scratch, std::string_view& out, bool& ends_line) {
  if (scratch.size() < rest.size() + kBlock) {
    scratch.resize(rest.size() + kBlock);
  }
  const char* at = rest.data();
  const char* const end = at + rest.size();
  char* to = scratch.data();
  copy_plain(at, end, to);
  const auto plain = static_cast<std::size_t>(at - rest.data());
  ends_line = rest.substr(plain).starts_with("\\n\"");
  if (ends_line || rest.substr(plain).starts_with('"')) {
    out = rest.substr(0, plain);
    rest.remove_prefix(plain + (ends_line ? 3 : 1));
    return true;
  }
  for (; end - at >= 2 && *at == '\\'; copy_plain(at, end, to)) {
    std::uint32_t code = 0;
    std::string_view digits(at + 2, static_cast<std::size_t>(end - at - 2));
    if (const char meant = simple_escape(at[1]); meant != '\0') {
      *to++ = meant;
    } else if (at[1] == 'u' && take_escaped_code(digits, code)) {
      to = put_utf8(valid_code(code), to);
    } else {
      return false;
    }
    at = digits.data();
  }
  if (end - at < 2) {
    return false;
  }
  rest.remove_prefix(static_cast<std::size_t>(at - rest.data()) + 1);
  out = {scratch.data(), static_cast<std::size_t>(to - scratch.data())};
  ends_line = out.ends_with('\n');
  out.remove_suffix(ends_line ? 1 : 0);
  return true;
}

// The value of a string member without escapes; empty if there is none.
std::string_view plain_member(std::string_view rest, std::string_view key) {
  const std::size_t found = rest.find(key);
  if (found == std::string_view::npos) {
    return {};
  }
  rest.remove_prefix(found + key.size());
  return rest.substr(0, std::min(rest.find('"'), rest.size()));
}

// Of the time, which is the last member: attributes, before it, may have any names.
std::string_view last_time(std::string_view rest) {
  constexpr std::string_view kKey = "\"time\":\"";
  const std::size_t found = rest.rfind(kKey);
  return found == std::string_view::npos ? std::string_view() : plain_member(rest.substr(found), kKey);
}

// The inside of `{"tag":"web"}`, to the end of the line.
std::string_view attributes(std::string_view rest) {
  constexpr std::string_view kKey = "\"attrs\":{";
  const std::size_t found = rest.find(kKey);
  return found == std::string_view::npos ? std::string_view() : rest.substr(found + kKey.size());
}

// moby/daemon/logger/jsonfilelog: always in this order. The text of a line ends with a newline, but where it was cut
// after 16 KiB, or the container ended.
bool unwrap_docker(std::string_view line, std::string& scratch, Unwrapped& out) {
  static constexpr std::string_view kBegin = "{\"log\":\"";
  if (!line.starts_with(kBegin)) {
    return false;
  }
  line.remove_prefix(kBegin.size());
  bool ends_line = false;
  if (!take_json_string(line, scratch, out.content, ends_line)) {
    return false;
  }
  out.partial = !ends_line;
  if (ends_line && out.content.ends_with('\r')) {
    out.content.remove_suffix(1);
  }
  out.stream = plain_member(line, "\"stream\":\"");
  out.time = last_time(line);
  out.attrs = attributes(line);
  return line.ends_with('}');
}

// Whether a line ends as one whose text ends with a newline: `...\n","stream":"stdout","time":"2026-11-28T04:25:02Z"}`,
// where the quote behind the text is the ninth from the end.
bool ends_line_of_docker(std::string_view line) {
  constexpr int kQuotes = 9;
  int quotes = 0;
  std::size_t at = line.size();
  while (at > 0 && quotes < kQuotes) {
    quotes += line[--at] == '"' ? 1 : 0;
  }
  const std::string_view text = line.substr(0, at);
  return text.ends_with("\\n") && !text.ends_with("\\\\n") && line.substr(at).starts_with("\",\"stream\":\"");
}

bool unwrap_compose(std::string_view line, Unwrapped& out) {
  line.remove_prefix(colour_size(line));
  const auto* const after_name = std::find_if(line.begin(), line.end(), [](char c) { return c == ' ' || c == '|'; });
  const auto name_end = static_cast<std::size_t>(after_name - line.begin());
  const std::size_t bar = line.find_first_not_of(' ', name_end);
  if (bar == std::string_view::npos || line[bar] != '|' || name_end == 0) {
    return false;
  }
  out.name = line.substr(0, name_end);
  line.remove_prefix(bar + 1);
  line.remove_prefix(colour_size(line));  // of version 1, before the blank
  line.remove_prefix(line.starts_with(' ') ? 1 : 0);
  line.remove_prefix(colour_size(line));
  out.content = line;
  return true;
}

}  // namespace

bool unwrap(Envelope envelope, std::string_view line, std::string& scratch, Unwrapped& out) {
  out = {};
  switch (envelope) {
    case Envelope::kNone:
      out.content = line;
      return true;
    case Envelope::kCri:
      return unwrap_cri(line, out);
    case Envelope::kDocker:
      return unwrap_docker(line, scratch, out);
    case Envelope::kCompose:
      return unwrap_compose(line, out);
  }
  return false;
}

bool next_attribute(std::string_view& attrs, std::array<std::string, 2>& scratch, Attribute& out) {
  bool ends_line = false;
  attrs.remove_prefix(attrs.starts_with(',') ? 1 : 0);
  if (!attrs.starts_with('"')) {
    return false;
  }
  attrs.remove_prefix(1);
  if (!take_json_string(attrs, scratch[0], out.name, ends_line) || !attrs.starts_with(":\"")) {
    return false;
  }
  attrs.remove_prefix(2);
  return take_json_string(attrs, scratch[1], out.value, ends_line);
}

bool looks_cut(Envelope envelope, std::string_view line) {
  if (envelope == Envelope::kCri) {
    const std::size_t tag = find_near_blank(line) + 1 + kTag;
    return tag < line.size() && line[tag] == 'P';
  }
  return envelope == Envelope::kDocker && !ends_line_of_docker(line);
}

}  // namespace leeway
