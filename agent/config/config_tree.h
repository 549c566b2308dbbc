// A configuration file as read: values with their positions, independent of the TOML library. Made by toml_reader,
// where includes and defaults are merged; read by every component through TableReader.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agent/core/error.h"

namespace leeway {

class ConfigValue;
using ConfigArray = std::vector<ConfigValue>;

// Keys in the order of the file.
class ConfigTable {
 public:
  const ConfigValue* find(std::string_view key) const;
  ConfigValue* find(std::string_view key);
  // Adds or replaces.
  void set(std::string key, ConfigValue value);
  const std::vector<std::pair<std::string, ConfigValue>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, ConfigValue>> entries_;
};

class ConfigValue {
 public:
  using Data = std::variant<std::string, std::int64_t, double, bool, ConfigArray, ConfigTable>;

  ConfigValue(Data data, Position position, Position key_position)
      : data_(std::move(data)), position_(std::move(position)), key_position_(std::move(key_position)) {}

  const Data& data() const { return data_; }
  Data& data() { return data_; }
  template <typename T>
  const T* get_if() const {
    return std::get_if<T>(&data_);
  }
  const Position& position() const { return position_; }          // of the value
  const Position& key_position() const { return key_position_; }  // of its key; of the value in an array
  // "a string", "an integer", ...: for messages.
  std::string_view type_name() const;
  // A canonical text of the value, independent of layout and key order: the input of definition hashes.
  std::string canonical() const;

 private:
  Data data_;
  Position position_;
  Position key_position_;
};

}  // namespace leeway
