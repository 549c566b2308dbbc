#include "rules/yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "agent/core/ascii.h"
#include "rules/text.h"

namespace leeway {
namespace {

constexpr std::size_t kCommentColumns = 110;

bool has_hidden(std::string_view text) {
  bool found = false;
  for_each_character(text, [&found](char32_t c, std::string_view) { found = found || is_hidden(c); });
  return found;
}

// Words that some reader takes for a boolean, null or a number.
bool is_reserved(std::string_view text) {
  constexpr std::array<std::string_view, 11> kWords{"y",    "n",     "yes",  "no",  "on", "off",
                                                    "true", "false", "null", "nan", "inf"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

// "1h30m": digits and a unit, repeated; no number, date or time is written this way.
bool is_duration(std::string_view text) {
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(digits);
    const std::size_t units = text.substr(0, 2) == "ms" ? 2 : 1;
    if (digits == 0 || text.empty() || std::string_view("smhdwy").find(text[units - 1]) == std::string_view::npos) {
      return false;
    }
    text.remove_prefix(units);
  }
  return true;
}

bool is_plain(std::string_view text) {
  if (text.empty() || is_reserved(text) || has_hidden(text)) {
    return false;
  }
  const char first = text.front();
  if (is_digit(first)) {
    return is_duration(text);
  }
  if (!is_letter(first) && first != '_' && first != '/' && first != '(') {
    return false;
  }
  return text.back() != ' ' && text.back() != ':' && text.find(": ") == std::string_view::npos &&
         text.find(" #") == std::string_view::npos;
}

bool is_plain_in_list(std::string_view text) {
  return is_plain(text) && std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '/';
         });
}

std::string escaped(char32_t c, std::string_view bytes) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    default:
      break;
  }
  if (!is_hidden(c)) {
    return std::string(bytes);
  }
  const auto number = static_cast<std::uint32_t>(c);
  return c <= 0xFF     ? fmt::format("\\x{:02X}", number)
         : c <= 0xFFFF ? fmt::format("\\u{:04X}", number)
                       : fmt::format("\\U{:08X}", number);
}

// In quotes: single quotes if that saves escapes.
std::string quoted(std::string_view text) {
  const bool escapes = text.find_first_of("\"\\") != std::string_view::npos;
  if (escapes && text.find('\'') == std::string_view::npos && !has_hidden(text)) {
    return fmt::format("'{}'", text);
  }
  std::string out = "\"";
  for_each_character(text, [&out](char32_t c, std::string_view bytes) { out += escaped(c, bytes); });
  return out + "\"";
}

// Of valid UTF-8 with several lines.
bool fits_block(std::string_view text) {
  bool fits = text.back() != '\n';
  for_each_line(text, [&fits](std::string_view line) {
    fits = fits && !has_hidden(line) && (line.empty() || line.back() != ' ');
  });
  return fits;
}

// The length of the part of `line` that fits into `columns`, cut between words: at least one word.
std::size_t wrapped_length(std::string_view line, std::size_t columns) {
  if (line.size() <= columns) {
    return line.size();
  }
  const std::size_t before = line.rfind(' ', columns);
  const bool usable = before != std::string_view::npos && line.find_first_not_of(' ') < before;
  return usable ? before : std::min(line.find(' ', columns), line.size());
}

}  // namespace

std::string yaml_quote(std::string_view text) {
  const std::string valid = valid_utf8(text);
  return is_plain(valid) ? valid : quoted(valid);
}

std::string yaml_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) {
    const std::string valid = valid_utf8(item);
    out += (out.size() > 1 ? ", " : "") + (is_plain_in_list(valid) ? valid : quoted(valid));
  }
  return out + "]";
}

std::string yaml_block(std::string_view text, int indent) {
  const std::string valid = valid_utf8(text);
  if (valid.find('\n') == std::string::npos || !fits_block(valid)) {
    return yaml_quote(valid);
  }
  // A first line that starts with a space would be taken for the indentation of all lines.
  const bool leading_blank = valid[valid.find_first_not_of('\n')] == ' ';
  std::string out = leading_blank ? "|2-" : "|-";
  for_each_line(valid, [&out, indent](std::string_view line) {
    out += '\n';
    if (!line.empty()) {
      out += std::string(static_cast<std::size_t>(indent), ' ');
      out += line;
    }
  });
  return out;
}

std::string yaml_comment(std::string_view text, int indent) {
  std::string out;
  if (text.empty()) {
    return out;
  }
  const std::string start = std::string(static_cast<std::size_t>(indent), ' ') + '#';
  const std::size_t columns = kCommentColumns - std::min(kCommentColumns / 2, start.size() + 1);
  for_each_line(visible_text(text), [&](std::string_view line) {
    std::string clean(line);
    clean.erase(clean.find_last_not_of(' ') + 1);
    std::string_view rest = clean;
    do {
      const std::size_t length = wrapped_length(rest, columns);
      out += start;
      out += rest.empty() ? "" : " ";
      out += rest.substr(0, rest.find_last_not_of(' ', length - 1) + 1);
      out += '\n';
      rest.remove_prefix(std::min(rest.find_first_not_of(' ', length), rest.size()));
    } while (!rest.empty());
  });
  return out;
}

}  // namespace leeway
