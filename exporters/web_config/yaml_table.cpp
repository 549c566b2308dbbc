#include "exporters/web_config/yaml_table.h"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/node/detail/iterator.h>
#include <yaml-cpp/node/impl.h>
#include <yaml-cpp/node/iterator.h>
#include <yaml-cpp/node/node.h>
#include <yaml-cpp/node/parse.h>

#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

namespace leeway {
namespace {

// Of a file whose aliases repeat what they name; no real one comes near.
constexpr std::size_t kMostValues = 10'000;

class YamlTable {
 public:
  YamlTable(const std::string& file, Diagnostics& diagnostics) : file_(file), diagnostics_(diagnostics) {}

  Position position(const YAML::Mark& mark) const {
    if (mark.is_null()) {
      return {file_, 1, 1};
    }
    return {file_, static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
  }

  ConfigTable table(const YAML::Node& node) {
    ConfigTable table;
    for (const auto& entry : node) {
      const Position key_position = position(entry.first.Mark());
      if (!entry.first.IsScalar()) {
        diagnostics_.error(key_position, "a key is not a scalar; expected a name");
        continue;
      }
      const std::string& key = entry.first.Scalar();
      if (table.find(key) != nullptr) {
        diagnostics_.error(key_position, "key '" + key + "' is given twice");
        continue;
      }
      if (++values_ > kMostValues) {
        break;
      }
      table.set(key, value(entry.second, key_position));
    }
    return table;
  }

  bool is_too_large() const { return values_ > kMostValues; }

 private:
  ConfigValue value(const YAML::Node& node, const Position& key_position) {
    Position at = position(node.Mark());
    if (node.IsMap()) {
      return ConfigValue(table(node), std::move(at), key_position);
    }
    if (node.IsSequence()) {
      ConfigArray array;
      for (const YAML::Node& element : node) {
        if (++values_ > kMostValues) {
          break;
        }
        const Position element_position = position(element.Mark());
        array.push_back(value(element, element_position));
      }
      return ConfigValue(std::move(array), std::move(at), key_position);
    }
    // A null has no position of its own.
    return ConfigValue(node.IsScalar() ? node.Scalar() : std::string(), node.IsScalar() ? std::move(at) : key_position,
                       key_position);
  }

  const std::string& file_;
  Diagnostics& diagnostics_;
  std::size_t values_ = 0;
};

}  // namespace

ConfigTable parse_yaml_table(const std::string& text, const std::string& file, Diagnostics& diagnostics) {
  YamlTable yaml(file, diagnostics);
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) {
      diagnostics.error(yaml.position(documents[1].Mark()), "a second document begins; expected only one");
    }
    if (documents.empty() || documents[0].IsNull()) {
      return {};
    }
    if (!documents[0].IsMap()) {
      diagnostics.error(yaml.position(documents[0].Mark()), "the file is not a mapping; expected keys with values");
      return {};
    }
    ConfigTable table = yaml.table(documents[0]);
    if (yaml.is_too_large()) {
      diagnostics.error({file, 1, 1}, "the file has more than " + std::to_string(kMostValues) + " values");
    }
    return table;
  } catch (const YAML::Exception& error) {
    diagnostics.error(yaml.position(error.mark), "this is not YAML: " + error.msg);
  } catch (const std::exception& error) {
    diagnostics.error({file, 1, 1}, std::string("this is not YAML: ") + error.what());
  }
  return {};
}

}  // namespace leeway
