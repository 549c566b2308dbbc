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

}  // namespace

std::string toml_advice(std::string_view text, std::uint32_t line, std::string_view error) {
  const std::string_view whole = line_of(text, line);
  const std::size_t equals = whole.find('=');
  const std::string_view key = without_blanks(whole.substr(0, std::min(equals, whole.size())));
  const std::string_view value = equals == std::string_view::npos ? "" : without_blanks(whole.substr(equals + 1));
  if (error.find("escape sequence") != std::string_view::npos) {
    return backslash_advice(key, value);
  }
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), is_of_word);
  return plain ? quotes_advice(key, value) : "";
}

}  // namespace leeway
