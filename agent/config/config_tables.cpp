#include "agent/config/config_tables.h"

#include <string>

namespace leeway {
namespace {

// `within` begins the messages, `header` is that of the tables without its brackets.
std::vector<const ConfigValue*> tables_of(const ConfigValue& value, const std::string& within, std::string_view key,
                                          const std::string& header, Diagnostics& diagnostics) {
  const std::string expected = "; expected an array of tables, [[" + header + "]]";
  const std::string quoted = "'" + std::string(key) + "' is ";
  std::vector<const ConfigValue*> tables;
  const ConfigArray* const entries = value.get_if<ConfigArray>();
  if (entries == nullptr) {
    diagnostics.error(value.position(), within + quoted + std::string(value.type_name()) + expected);
    return tables;
  }
  for (const ConfigValue& entry : *entries) {
    if (entry.get_if<ConfigTable>() != nullptr) {
      tables.push_back(&entry);
    } else {
      diagnostics.error(entry.position(), within + "an entry of " + quoted + std::string(entry.type_name()) + expected);
    }
  }
  return tables;
}

}  // namespace

std::vector<const ConfigValue*> tables_of(const ConfigTable& config, std::string_view section,
                                          Diagnostics& diagnostics) {
  const ConfigValue* const value = config.find(section);
  return value == nullptr ? std::vector<const ConfigValue*>()
                          : tables_of(*value, "", section, std::string(section), diagnostics);
}

void for_each_table(TableReader& entry, std::string_view section, std::string_view key,
                    const std::function<void(TableReader&)>& read) {
  const ConfigValue* const value = entry.value(key, KeyType::kTables);
  if (value == nullptr) {
    return;
  }
  const std::string within = entry.what() + ": ";
  const std::string header = std::string(section) + "." + std::string(key);
  for (const ConfigValue* const table : tables_of(*value, within, key, header, entry.diagnostics())) {
    TableReader inner(*table->get_if<ConfigTable>(), table->position(), within + std::string(key), entry.diagnostics());
    read(inner);
  }
}

}  // namespace leeway
