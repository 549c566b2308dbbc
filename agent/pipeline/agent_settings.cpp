#include "agent/pipeline/agent_settings.h"

#include "agent/config/table_reader.h"
#include "agent/core/whole_file.h"

namespace leeway {
namespace {

constexpr std::size_t kShortestHashKey = 16;   // bytes
constexpr std::size_t kLongestHashKey = 4096;  // bytes

// Without the end of its line, which editors and `echo` add. "" after an error, or where there is none.
std::string read_hash_key(TableReader& reader, FileSystem& files) {
  const std::optional<std::string> path = reader.string("hash_key_file");
  if (!path) {
    return "";
  }
  const Expected<std::string> text = read_whole_file(files, *path, kLongestHashKey);
  if (!text) {
    reader.error("hash_key_file", "the key of hash() cannot be read: " + text.error().to_string());
    return "";
  }
  std::string key = text->substr(0, text->find_last_not_of("\r\n") + 1);
  if (key.size() < kShortestHashKey) {
    reader.error("hash_key_file", "the key in '" + *path + "' has " + std::to_string(key.size()) +
                                      " bytes; expected at least 16, as `openssl rand -hex 32` prints");
  }
  return key;
}

// Keys that other programs have where this one has an option.
void point_to_options(const ConfigTable& table, Diagnostics& diagnostics) {
  for (const auto& [key, entry] : table.entries()) {
    if (key.starts_with("listen") || key == "port" || key == "address" || key == "web") {
      diagnostics.error(entry.key_position(),
                        "[agent]: where to serve is an option of `leeway run`, --web.listen-address");
    }
  }
}

}  // namespace

AgentSettings read_agent_settings(const ConfigTable& config, FileSystem& files, Diagnostics& diagnostics) {
  AgentSettings settings;
  const ConfigValue* const value = config.find("agent");
  if (value == nullptr) {
    return settings;
  }
  const ConfigTable* const table = value->get_if<ConfigTable>();
  if (table == nullptr) {
    diagnostics.error(value->position(),
                      "'agent' is " + std::string(value->type_name()) + "; expected a table, [agent]");
    return settings;
  }
  TableReader reader(*table, value->position(), "[agent]", diagnostics);
  settings.state_dir = reader.string("state_dir").value_or("");
  const std::string durability = reader.choice("durability", {"power", "process"}, "power");
  settings.durability = durability == "power" ? Durability::kPower : Durability::kProcess;
  settings.commit_interval = reader.duration("commit_interval", settings.commit_interval);
  settings.poll_interval = reader.duration("poll_interval", settings.poll_interval);
  settings.hash_key = read_hash_key(reader, files);
  settings.created_samples = reader.boolean("created_samples", settings.created_samples);
  reader.report_unused_keys();
  point_to_options(*table, diagnostics);
  return settings;
}

}  // namespace leeway
