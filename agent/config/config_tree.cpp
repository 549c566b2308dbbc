#include "agent/config/config_tree.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace leeway {
namespace {

template <typename Number>
std::string canonical_number(Number value) {
  std::array<char, 40> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), result.ptr};
}

struct Canonical {
  // The length makes the text unambiguous without escapes.
  std::string operator()(const std::string& value) const { return "s" + canonical_number(value.size()) + ":" + value; }
  std::string operator()(std::int64_t value) const { return "i" + canonical_number(value); }
  std::string operator()(double value) const { return "f" + canonical_number(value); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const ConfigArray& array) const {
    std::string text = "[";
    for (const ConfigValue& element : array) {
      text += element.canonical() + ",";
    }
    return text + "]";
  }
  std::string operator()(const ConfigTable& table) const {
    std::vector<std::string> entries;
    for (const auto& [key, value] : table.entries()) {
      entries.push_back((*this)(key) + "=" + value.canonical() + ",");
    }
    std::sort(entries.begin(), entries.end());
    std::string text = "{";
    for (const std::string& entry : entries) {
      text += entry;
    }
    return text + "}";
  }
};

}  // namespace

const ConfigValue* ConfigTable::find(std::string_view key) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [key](const auto& entry) { return entry.first == key; });
  return found == entries_.end() ? nullptr : &found->second;
}

ConfigValue* ConfigTable::find(std::string_view key) {
  return const_cast<ConfigValue*>(static_cast<const ConfigTable&>(*this).find(key));
}

void ConfigTable::set(std::string key, ConfigValue value) {
  if (ConfigValue* const existing = find(key)) {
    *existing = std::move(value);
  } else {
    entries_.emplace_back(std::move(key), std::move(value));
  }
}

std::string_view ConfigValue::type_name() const {
  static constexpr std::array<std::string_view, 6> kNames = {"a string",  "an integer", "a number",
                                                             "a boolean", "an array",   "a table"};
  return kNames[data_.index()];
}

std::string ConfigValue::canonical() const { return std::visit(Canonical{}, data_); }

}  // namespace leeway
