#include "agent/schema/json_schema.h"

#include <nlohmann/json.hpp>

#include "agent/pipeline/assembly.h"
#include "agent/schema/key_explorer.h"
#include "agent/schema/key_lines.h"

namespace leeway {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kVariable[] = R"(\$\{)";
constexpr char kDuration[] = R"(^[0-9.]+(ms|us|ns|s|m|h|d|w)|\$\{)";
constexpr char kByteSize[] = R"(^[0-9.]+ *([KMGT]i?)?B$|\$\{)";

class SchemaWriter {
 public:
  explicit SchemaWriter(const ConfigFacts& facts) : facts_(facts) {}

  Json write() const {
    Json definitions;
    Json properties;
    properties["include"] = {{"description", key_line("include")}, {"type", "array"}, {"items", {{"type", "string"}}}};
    Json defaults;
    for (const ConfigSection& section : config_sections()) {
      Json& property = properties[section.name];
      property["description"] = section_line(section.name);
      if (!section.array) {
        property.update(table(section.name));
        continue;
      }
      definitions[section.name] = table(section.name);
      defaults[section.name] = defaults_of(section.name);
      property["type"] = "array";
      property["items"] = {{"allOf", Json::array({reference_to(section.name)})},
                           {"required", required_of(section.name)}};
    }
    properties["defaults"] = {{"description", key_line("defaults")},
                              {"type", "object"},
                              {"properties", std::move(defaults)},
                              {"additionalProperties", false}};
    return {{"$schema", "http://json-schema.org/draft-07/schema#"},
            {"title", "Configuration of Leeway"},
            {"type", "object"},
            {"properties", std::move(properties)},
            {"additionalProperties", false},
            {"definitions", std::move(definitions)}};
  }

 private:
  static Json reference_to(const std::string& section) { return {{"$ref", "#/definitions/" + section}}; }

  Json table(const std::string& path) const {
    Json properties = Json::object();
    if (const auto found = facts_.find(path); found != facts_.end()) {
      for (const auto& [key, facts] : found->second) {
        if (facts.types != KeyType::kNone) {
          properties[key] = property(path + "." + key, facts);
        }
      }
    }
    return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  }

  // [defaults.SECTION] also has tables for the entries of one type.
  Json defaults_of(const std::string& section) const {
    const std::string line = "Keys for all [[" + section + "]] that do not set them.";
    const auto type = facts_.at(section).find("type");
    if (type == facts_.at(section).end()) {
      return {{"description", line}, {"allOf", Json::array({reference_to(section)})}};
    }
    Json own = table(section);
    own["description"] = line;
    for (const std::string& word : type->second.words) {
      own["properties"][word] = {
          {"description", "Keys for all [[" + section + "]] of type " + word + " that do not set them."},
          {"allOf", Json::array({reference_to(section)})}};
    }
    return own;
  }

  // An entry may be one of an included file, of which it changes a few keys: it is known by its name. Entries without a
  // name are complete.
  Json required_of(const std::string& section) const {
    Json required = Json::array();
    const TableFacts& table = facts_.at(section);
    const auto name = table.find("name");
    const bool named = name != table.end() && name->second.required;
    for (const auto& [key, facts] : table) {
      if (facts.required && (!named || key == "name")) {
        required.push_back(key);
      }
    }
    return required;
  }

  Json property(const std::string& path, const KeyFacts& facts) const {
    Json result;
    result["description"] = key_line(path);
    const std::vector<Json> forms = forms_of(path, facts);
    if (forms.size() == 1) {
      result.update(forms.front());
    } else {
      result["anyOf"] = forms;
    }
    if (facts.otherwise) {
      result["default"] = Json::parse(*facts.otherwise);
    }
    return result;
  }

  std::vector<Json> forms_of(const std::string& path, const KeyFacts& facts) const {
    std::vector<Json> forms;
    const auto takes = [&](KeyType type) { return has_type(facts.types, type); };
    if (takes(KeyType::kText)) {
      add_text(facts, forms);
    }
    if (takes(KeyType::kNumber)) {
      forms.push_back({{"type", "number"}});
    } else if (takes(KeyType::kInteger)) {
      forms.push_back(integer(facts));
    }
    if (takes(KeyType::kFlag)) {
      forms.push_back({{"type", "boolean"}});
    }
    if (takes(KeyType::kNumbers)) {
      forms.push_back({{"type", "array"}, {"items", {{"type", "number"}}}});
    }
    add_lists(path, facts, forms);
    if (takes(KeyType::kTable)) {
      forms.push_back(table(path));
    }
    if (takes(KeyType::kNamedTexts)) {
      forms.push_back({{"type", "object"}, {"additionalProperties", {{"type", "string"}}}});
    } else if (takes(KeyType::kNamed)) {
      forms.push_back({{"type", "object"}});
    }
    return forms;
  }

  static void add_text(const KeyFacts& facts, std::vector<Json>& forms) {
    if (!facts.words.empty()) {
      forms.push_back({{"enum", facts.words}});
      forms.push_back({{"type", "string"}, {"pattern", kVariable}});
    } else if (facts.form != TextForm::kAny) {
      forms.push_back({{"type", "string"}, {"pattern", facts.form == TextForm::kDuration ? kDuration : kByteSize}});
    } else {
      forms.push_back({{"type", "string"}});
    }
  }

  static Json integer(const KeyFacts& facts) {
    Json form = {{"type", "integer"}};
    if (facts.minimum) {
      form["minimum"] = *facts.minimum;
    }
    if (facts.maximum) {
      form["maximum"] = *facts.maximum;
    }
    return form;
  }

  void add_lists(const std::string& path, const KeyFacts& facts, std::vector<Json>& forms) const {
    std::vector<Json> items;
    if (has_type(facts.types, KeyType::kTexts)) {
      add_text(facts, items);
    }
    if (has_type(facts.types, KeyType::kTables)) {
      items.push_back(table(path));
    }
    if (has_type(facts.types, KeyType::kList)) {
      forms.push_back({{"type", "array"}});
    } else if (items.size() == 1) {
      forms.push_back({{"type", "array"}, {"items", items.front()}});
    } else if (!items.empty()) {
      forms.push_back({{"type", "array"}, {"items", {{"anyOf", items}}}});
    }
  }

  const ConfigFacts& facts_;
};

}  // namespace

std::string json_schema() { return SchemaWriter(explore_keys()).write().dump(2) + "\n"; }

}  // namespace leeway
