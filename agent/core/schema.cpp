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

std::string FieldPath::to_string() const {
  std::string text;
  for (const Step& step : steps) {
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
  fields_.push_back(path);
  return static_cast<FieldId>(fields_.size() - 1);
}

}  // namespace leeway
