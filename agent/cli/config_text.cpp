#include "agent/cli/config_text.h"

#include "agent/core/number_text.h"

namespace leeway {
namespace {

std::string toml_string(const std::string& text) {
  if (text.find_first_of("'\n") == std::string::npos) {
    return "'" + text + "'";
  }
  std::string result = "\"";
  for (const char c : text) {
    result += c == '"' || c == '\\' ? std::string("\\") + c : c == '\n' ? "\\n" : std::string(1, c);
  }
  return result + "\"";
}

std::string text_of(const ConfigValue& value) {
  if (const auto* const text = value.get_if<std::string>()) {
    return toml_string(*text);
  }
  if (const auto* const integer = value.get_if<std::int64_t>()) {
    return std::to_string(*integer);
  }
  if (const auto* const number = value.get_if<double>()) {
    return number_text(*number);
  }
  if (const auto* const boolean = value.get_if<bool>()) {
    return *boolean ? "true" : "false";
  }
  std::string inner;
  if (const auto* const array = value.get_if<ConfigArray>()) {
    for (const ConfigValue& each : *array) {
      inner += (inner.empty() ? "" : ", ") + text_of(each);
    }
    return "[" + inner + "]";
  }
  for (const auto& [key, each] : value.get_if<ConfigTable>()->entries()) {
    inner += (inner.empty() ? "" : ", ") + key + " = " + text_of(each);
  }
  return "{ " + inner + " }";
}

}  // namespace

std::string config_text(const ConfigTable& table) {
  std::string text;
  for (const auto& [key, value] : table.entries()) {
    text += "  " + key + " = " + text_of(value) + "\n";
  }
  return text;
}

}  // namespace leeway
