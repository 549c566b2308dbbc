#include "collectors/records/envelope.h"

#include <cstring>

#include "agent/core/ascii.h"
#include "collectors/records/colours.h"

namespace leeway {
namespace {

// The text up to the next blank, which is removed too; empty where there is none.
std::string_view take_word(std::string_view& rest) {
  const std::size_t blank = rest.find(' ');
  if (blank == std::string_view::npos) {
    return {};
  }
  const std::string_view word = rest.substr(0, blank);
  rest.remove_prefix(blank + 1);
  return word;
}

// kubernetes/cri-api: "<time> <stream> <tags> <content>", where the first tag is P (partial) or F (full). The last
// blank may be missing where the content is empty.
bool unwrap_cri(std::string_view line, Unwrapped& out) {
  std::string_view rest = line;
  out.time = take_word(rest);
  out.stream = take_word(rest);
  if (out.time.size() < 20 || out.time[10] != 'T' || (out.stream != "stdout" && out.stream != "stderr") ||
      rest.empty()) {
    return false;
  }
  const char tag = rest.front();
  const std::size_t end = std::min(rest.find(' '), rest.size());
  if ((tag != 'P' && tag != 'F') || (end > 1 && rest[1] != ':')) {
    return false;
  }
  out.partial = tag == 'P';
  out.content = rest.substr(std::min(end + 1, rest.size()));
  return true;
}

void append_utf8(std::uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

bool read_hex4(std::string_view text, std::uint32_t& code) {
  if (text.size() < 4) {
    return false;
  }
  code = 0;
  for (const char c : text.substr(0, 4)) {
    const std::uint32_t digit = c >= '0' && c <= '9'   ? static_cast<std::uint32_t>(c - '0')
                                : c >= 'a' && c <= 'f' ? static_cast<std::uint32_t>(c - 'a' + 10)
                                : c >= 'A' && c <= 'F' ? static_cast<std::uint32_t>(c - 'A' + 10)
                                                       : 16;
    if (digit > 15) {
      return false;
    }
    code = code * 16 + digit;
  }
  return true;
}

// The four digits of an escape, and of the second half of a pair; a half alone is U+FFFD. Sets `used`.
bool read_code(std::string_view text, std::uint32_t& code, std::size_t& used) {
  if (!read_hex4(text, code)) {
    return false;
  }
  used = 4;
  std::uint32_t low = 0;
  if (code >= 0xD800 && code < 0xDC00 && text.substr(4, 2) == "\\u" && read_hex4(text.substr(6), low) &&
      low >= 0xDC00 && low < 0xE000) {
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    used = 10;
  }
  code = code >= 0xD800 && code < 0xE000 ? 0xFFFD : code;
  return true;
}

// Unescapes a JSON string up to its closing quote, and removes it from `rest`. The result points into `rest` if only a
// newline at its end is escaped.
bool take_json_string(std::string_view& rest, std::string& scratch, std::string_view& out, bool& ends_line) {
  const std::size_t special = rest.find_first_of("\\\"");
  if (special == std::string_view::npos) {
    return false;
  }
  ends_line = rest.substr(special).starts_with("\\n\"");
  if (ends_line || rest[special] == '"') {
    out = rest.substr(0, special);
    rest.remove_prefix(special + (ends_line ? 3 : 1));
    return true;
  }
  scratch.clear();
  std::size_t at = 0;
  for (;;) {
    const std::size_t next = rest.find_first_of("\\\"", at);
    if (next == std::string_view::npos || next + 1 >= rest.size()) {
      return false;
    }
    scratch.append(rest.substr(at, next - at));
    if (rest[next] == '"') {
      rest.remove_prefix(next + 1);
      break;
    }
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const std::size_t simple = kNames.find(rest[next + 1]);
    std::uint32_t code = 0;
    std::size_t used = 0;
    if (simple != std::string_view::npos) {
      scratch += kMeant[simple];
    } else if (rest[next + 1] == 'u' && read_code(rest.substr(next + 2), code, used)) {
      append_utf8(code, scratch);
    } else {
      return false;
    }
    at = next + 2 + used;
  }
  out = scratch;
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
  out.time = plain_member(line, "\"time\":\"");
  return line.ends_with('}');
}

bool unwrap_compose(std::string_view line, Unwrapped& out) {
  line.remove_prefix(colour_size(line));
  const std::size_t name_end = line.find_first_of(" |");
  const std::size_t bar = name_end == std::string_view::npos ? name_end : line.find_first_not_of(' ', name_end);
  if (bar == std::string_view::npos || line[bar] != '|' || name_end == 0) {
    return false;
  }
  out.name = line.substr(0, name_end);
  line.remove_prefix(bar + 1);
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

}  // namespace leeway
