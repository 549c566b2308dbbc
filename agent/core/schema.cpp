#include "agent/core/schema.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace leeway {
namespace {

bool is_identifier(const std::string& name) {
  const auto is_word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(), is_word) && name != "true" && name != "false" && name != "null" &&
         name != "in";
}

// Of an expression. In single quotes where that saves escapes, which the path of a key has none of.
std::string quoted(const std::string& name) {
  const char quote = name.find('"') != std::string::npos && name.find_first_of("'\\") == std::string::npos ? '\'' : '"';
  std::string text(1, quote);
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (byte < ' ' || byte == 0x7f) {
      text += "\\x";
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 15U];
    } else {
      text += c == '\\' || c == quote ? std::string{'\\', c} : std::string(1, c);
    }
  }
  return text + quote;
}

}  // namespace

std::optional<FieldPath> FieldPath::text() const {
  if (json_at == 0) {
    return std::nullopt;
  }
  return FieldPath{{steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(json_at)}};
}

FieldPath FieldPath::inside_text() const {
  return FieldPath{{steps.begin() + static_cast<std::ptrdiff_t>(json_at), steps.end()}};
}

std::string FieldPath::to_string() const {
  std::string text = json_at == 0 ? "" : "json(" + this->text()->to_string() + ")";
  for (const Step& step : std::span(steps).subspan(json_at)) {
    if (const auto* index = std::get_if<std::uint32_t>(&step)) {
      text += "[" + std::to_string(*index) + "]";
      continue;
    }
    const std::string& name = std::get<std::string>(step);
    if (is_identifier(name)) {
      text += text.empty() ? name : "." + name;
    } else {
      text += "[" + quoted(name) + "]";
    }
  }
  return text;
}

FieldId Schema::intern(const FieldPath& path) {
  const auto found = std::find(fields_.begin(), fields_.end(), path);
  if (found != fields_.end()) {
    return static_cast<FieldId>(found - fields_.begin());
  }
  if (const std::optional<FieldPath> text = path.text()) {
    intern(*text);
  }
  fields_.push_back(path);
  wants_items_.push_back(false);
  return static_cast<FieldId>(fields_.size() - 1);
}

}  // namespace leeway
