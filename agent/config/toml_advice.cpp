#include "agent/config/toml_advice.h"

#include <algorithm>
#include <array>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

std::string_view line_of(std::string_view text, std::uint32_t line) {
  for (std::uint32_t number = 1; number < line && !text.empty(); ++number) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return text.substr(0, text.find_first_of("\r\n"));
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

bool is_of_word(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.'; }

// `type = counter`
std::string quotes_advice(std::string_view key, std::string_view value) {
  constexpr std::array<std::string_view, 4> kConstants = {"true", "false", "inf", "nan"};
  value = without_blanks(value.substr(0, value.find('#')));
  const bool is_word = !value.empty() && is_letter(value.front()) &&
                       std::all_of(value.begin(), value.end(), is_of_word) &&
                       std::find(kConstants.begin(), kConstants.end(), value) == kConstants.end();
  return is_word ? "; expected quotes: " + std::string(key) + " = \"" + std::string(value) + "\"" : "";
}

// `pattern = "^\S+"`
std::string backslash_advice(std::string_view key, std::string_view value) {
  const bool whole = value.size() > 2 && value.front() == '"' && value.back() == '"' &&
                     value.find('\'') == std::string_view::npos && !value.starts_with("\"\"\"") &&
                     value.substr(1, value.size() - 2).find('"') == std::string_view::npos;
  const std::string inner(whole ? value.substr(1, value.size() - 2) : "");
  return "; expected single quotes, in which a backslash is one" +
         (whole ? ": " + std::string(key) + " = '" + inner + "'" : "");
}

// `good = "level == "x""`
std::string nested_advice(std::string_view key, std::string_view value) {
  if (value.size() < 4 || value.front() != '"' || value.starts_with("\"\"\"")) {
    return "";
  }
  const std::size_t last = value.rfind('"');
  const std::string inner(value.substr(1, last - 1));
  const bool nested = inner.find('"') != std::string::npos && inner.find("\\\"") == std::string::npos;
  if (!nested) {
    return "";
  }
  return "; expected single quotes outside" +
         (inner.find('\'') == std::string::npos ? ": " + std::string(key) + " = '" + inner + "'" : "");
}

bool has_typographic_quote(std::string_view line) {
  constexpr std::array<std::string_view, 6> kQuotes = {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E",
                                                       "\xE2\x80\x98", "\xE2\x80\x99", "\xC2\xAB"};
  return std::any_of(kQuotes.begin(), kQuotes.end(),
                     [&](std::string_view quote) { return line.find(quote) != std::string_view::npos; });
}

// `labels = { status = status }`
std::string table_advice(std::string_view value) {
  for (std::size_t equals = value.find('='); equals != std::string_view::npos; equals = value.find('=', equals + 1)) {
    const std::string_view before = value.substr(0, equals);
    const std::size_t begin = before.find_last_of("{,") + 1;
    const std::size_t end = std::min(value.find_first_of(",}", equals), value.size());
    std::string advice = quotes_advice(without_blanks(before.substr(std::min(begin, before.size()))),
                                       value.substr(equals + 1, end - equals - 1));
    if (!advice.empty()) {
      return advice;
    }
  }
  return "";
}

// `source:`, `- name: app`
bool is_yaml(std::string_view line) {
  line = without_blanks(line);
  line.remove_prefix(line.starts_with("- ") ? 2 : 0);
  const std::size_t colon = line.find(':');
  return colon != std::string_view::npos && colon != 0 && line.find('=') == std::string_view::npos &&
         (colon + 1 == line.size() || line[colon + 1] == ' ') &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), is_of_word);
}

// "[metric]" of "[[metric]]", and "[[metric]]" of "[metric]"; "" of other lines.
std::string other_header(std::string_view line) {
  line = without_blanks(line.substr(0, line.find('#')));
  const bool is_list = line.starts_with("[[") && line.ends_with("]]");
  if (is_list) {
    return std::string(line.substr(1, line.size() - 2));
  }
  return line.starts_with('[') && line.ends_with(']') ? "[" + std::string(line) + "]" : "";
}

// A table and a list of them have the same name: where the first of them is.
std::string header_advice(std::string_view text, std::uint32_t line) {
  const std::string other = other_header(line_of(text, line));
  for (std::uint32_t before = 1; !other.empty() && before < line; ++before) {
    const std::string_view first = line_of(text, before);
    if (without_blanks(first.substr(0, first.find('#'))) == other) {
      const bool is_list = other.starts_with("[[");
      return "; expected " + (is_list ? other : "[" + other + "]") + (is_list ? ", as in line " : " in line ") +
             std::to_string(before) + (is_list ? "" : ", which says " + other + ", too");
    }
  }
  return "";
}

}  // namespace

std::string toml_advice(std::string_view text, std::uint32_t line, std::string_view error) {
  const std::string_view whole = line_of(text, line);
  const std::size_t equals = whole.find('=');
  const std::string_view key = without_blanks(whole.substr(0, std::min(equals, whole.size())));
  const std::string_view value = equals == std::string_view::npos ? "" : without_blanks(whole.substr(equals + 1));
  if (error.find("escape sequence") != std::string_view::npos) {
    return backslash_advice(key, value);
  }
  if (has_typographic_quote(whole)) {
    return "; expected straight quotes, \" or '";
  }
  if (std::string header = header_advice(text, line); !header.empty()) {
    return header;
  }
  if (is_yaml(whole)) {
    return "; this looks like YAML: expected TOML, such as `key = \"value\"` below [[source]]";
  }
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), is_of_word);
  if (!plain) {
    return "";
  }
  const std::string nested = nested_advice(key, value);
  return !nested.empty() ? nested : value.starts_with('{') ? table_advice(value) : quotes_advice(key, value);
}

}  // namespace leeway
