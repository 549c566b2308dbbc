#include "exporters/web_config/web_keys.h"

#include <algorithm>
#include <array>

#include "agent/core/ascii.h"

namespace leeway {

bool is_text(const ConfigValue* value, std::string_view text) {
  const std::string* const found = value == nullptr ? nullptr : value->get_if<std::string>();
  return found != nullptr && *found == text;
}

std::optional<TableReader> section(TableReader& reader, std::string_view key) {
  return is_text(reader.value(key, KeyType::kText | KeyType::kTable), "") ? std::nullopt : reader.table(key);
}

std::optional<std::string> text_of(TableReader& reader, std::string_view key) {
  std::optional<std::string> text = reader.string(key);
  return text && text->empty() ? std::nullopt : text;
}

std::vector<ListedText> list_of(TableReader& reader, std::string_view key) {
  std::vector<ListedText> list;
  if (is_text(reader.value(key, KeyType::kText | KeyType::kTexts), "")) {
    return list;
  }
  const ConfigArray* const array =
      reader.has(key) ? reader.value(key, KeyType::kTexts)->get_if<ConfigArray>() : nullptr;
  for (const std::string& text : reader.strings(key).value_or(std::vector<std::string>())) {
    list.push_back({text, array == nullptr ? reader.position(key) : (*array)[list.size()].position()});
  }
  return list;
}

bool flag_of(TableReader& reader, std::string_view key, bool fallback) {
  static constexpr std::array<std::string_view, 3> kTrue = {"true", "yes", "on"};
  static constexpr std::array<std::string_view, 3> kFalse = {"false", "no", "off"};
  const std::optional<std::string> text = text_of(reader, key);
  if (!text) {
    return fallback;
  }
  const std::string lower = lower_case(*text);
  const bool is_true = std::find(kTrue.begin(), kTrue.end(), lower) != kTrue.end();
  if (!is_true && std::find(kFalse.begin(), kFalse.end(), lower) == kFalse.end()) {
    reader.error(key, "'" + std::string(key) + "' is \"" + *text + "\"; expected true or false");
  }
  return is_true;
}

}  // namespace leeway
