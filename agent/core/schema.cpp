#include "agent/core/schema.h"

#include <algorithm>
#include <cctype>

namespace leeway {
namespace {

bool is_identifier(const std::string& name) {
  const auto is_word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(), is_word);
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
      text += "[\"" + name + "\"]";
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
