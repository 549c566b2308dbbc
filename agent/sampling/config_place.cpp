#include "agent/sampling/config_place.h"

#include <algorithm>
#include <tuple>

namespace leeway {
namespace {

bool same(const Position& a, const Position& b) {
  return std::tie(a.line, a.column, a.file) == std::tie(b.line, b.column, b.file);
}

bool find(const ConfigValue& value, const Position& position, ConfigPlace& place);

bool find_in(const ConfigTable& table, const Position& position, ConfigPlace& place) {
  return std::any_of(table.entries().begin(), table.entries().end(), [&](const auto& entry) {
    place.push_back(entry.first);
    const bool found = find(entry.second, position, place);
    if (!found) {
      place.pop_back();
    }
    return found;
  });
}

bool find(const ConfigValue& value, const Position& position, ConfigPlace& place) {
  if (const auto* const table = value.get_if<ConfigTable>()) {
    return find_in(*table, position, place);
  }
  const auto* const array = value.get_if<ConfigArray>();
  if (array == nullptr) {
    return same(value.position(), position);
  }
  for (std::size_t i = 0; i < array->size(); ++i) {
    place.push_back("[" + std::to_string(i) + "]");
    if (find((*array)[i], position, place)) {
      return true;
    }
    place.pop_back();
  }
  return false;
}

}  // namespace

ConfigPlace place_of(const ConfigTable& config, const Position& position) {
  ConfigPlace place;
  find_in(config, position, place);
  return place;
}

const ConfigValue* value_at(const ConfigTable& config, const ConfigPlace& place) {
  const ConfigTable* table = &config;
  const ConfigValue* value = nullptr;
  for (const std::string& step : place) {
    if (value != nullptr) {
      table = value->get_if<ConfigTable>();
    }
    const auto* const array = value == nullptr ? nullptr : value->get_if<ConfigArray>();
    if (array != nullptr) {
      const std::size_t index = std::stoul(step.substr(1));
      value = index < array->size() ? &(*array)[index] : nullptr;
    } else {
      value = table == nullptr ? nullptr : table->find(step);
    }
    if (value == nullptr) {
      return nullptr;
    }
  }
  return value;
}

const ConfigValue* find_entry(const ConfigTable& config, std::string_view section, std::string_view name) {
  const ConfigValue* const value = config.find(section);
  const auto* const entries = value == nullptr ? nullptr : value->get_if<ConfigArray>();
  if (entries == nullptr) {
    return nullptr;
  }
  const auto found = std::find_if(entries->begin(), entries->end(), [&](const ConfigValue& entry) {
    const auto* const table = entry.get_if<ConfigTable>();
    const ConfigValue* const own = table == nullptr ? nullptr : table->find("name");
    const auto* const text = own == nullptr ? nullptr : own->get_if<std::string>();
    return text != nullptr && *text == name;
  });
  return found == entries->end() ? nullptr : &*found;
}

}  // namespace leeway
