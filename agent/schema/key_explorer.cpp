#include "agent/schema/key_explorer.h"

#include <deque>
#include <set>
#include <utility>

#include "agent/config/toml_reader.h"
#include "agent/init/text_file_system.h"
#include "agent/pipeline/assembly.h"
#include "agent/schema/first_entries.h"

namespace leeway {
namespace {

using TablePaths = std::map<const ConfigTable*, std::string>;

void find_tables(const ConfigTable& table, const std::string& path, TablePaths& found) {
  found.emplace(&table, path);
  for (const auto& [key, value] : table.entries()) {
    const std::string inner = path.empty() ? key : path + "." + key;
    if (const ConfigTable* const own = value.get_if<ConfigTable>()) {
      find_tables(*own, inner, found);
    } else if (const ConfigArray* const list = value.get_if<ConfigArray>()) {
      for (const ConfigValue& element : *list) {
        if (const ConfigTable* const listed = element.get_if<ConfigTable>()) {
          find_tables(*listed, inner, found);
        }
      }
    }
  }
}

ConfigValue value_of(ConfigValue::Data data) { return ConfigValue(std::move(data), {}, {}); }
ConfigValue list_of(std::vector<ConfigValue> elements) { return value_of(std::move(elements)); }

// Values that a reader of the key would take, one or more of each type. `x` is also an expression, and a metric of
// first_entries.h.
std::vector<ConfigValue> examples_of(const KeyUse& use, bool any_type) {
  std::vector<ConfigValue> examples;
  const auto takes = [&](KeyType type) { return any_type || has_type(use.types, type); };
  if (takes(KeyType::kText)) {
    for (const std::string& word : use.words) {
      examples.push_back(value_of(word));
    }
    if (use.words.empty()) {
      const bool duration = use.form == TextForm::kDuration;
      examples.push_back(value_of(std::string(duration ? "1h" : use.form == TextForm::kByteSize ? "1MiB" : "x")));
    }
  }
  if (takes(KeyType::kInteger)) {
    examples.push_back(value_of(use.minimum.value_or(1)));
  }
  if (takes(KeyType::kNumber)) {
    examples.push_back(value_of(0.5));
  }
  if (takes(KeyType::kFlag)) {
    examples.push_back(value_of(true));
  }
  if (takes(KeyType::kTexts) || takes(KeyType::kList)) {
    examples.push_back(list_of({value_of(std::string("x"))}));
  }
  if (takes(KeyType::kNumbers)) {
    examples.push_back(list_of({value_of(1.0), value_of(2.0)}));
  }
  if (takes(KeyType::kTable)) {
    examples.push_back(value_of(ConfigTable()));
  }
  if (takes(KeyType::kTables)) {
    examples.push_back(list_of({value_of(ConfigTable())}));
  }
  return examples;
}

// The table at the path below `entry`: of a list, its first one.
ConfigTable* table_at(ConfigTable& entry, std::string_view path) {
  ConfigTable* table = &entry;
  while (table != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    ConfigValue* const value = table->find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
    ConfigArray* const list = value == nullptr ? nullptr : std::get_if<ConfigArray>(&value->data());
    ConfigValue* const held = list == nullptr ? value : list->empty() ? nullptr : &list->front();
    table = held == nullptr ? nullptr : std::get_if<ConfigTable>(&held->data());
  }
  return table;
}

class Explorer {
 public:
  Explorer() {
    Diagnostics diagnostics;
    context_ = parse_toml(kContext, "context", diagnostics);
    with_metrics_ = parse_toml(std::string(kContext) + kMetrics, "context", diagnostics);
    first_ = parse_toml(kFirstEntries, "first entries", diagnostics);
  }

  ConfigFacts run() {
    for (const ConfigSection& section : config_sections()) {
      const ConfigValue* const value = first_.find(section.name);
      if (!section.array) {
        explore(section, ConfigTable());
        continue;
      }
      const ConfigArray* const entries = value == nullptr ? nullptr : value->get_if<ConfigArray>();
      for (const ConfigValue& entry : entries == nullptr ? ConfigArray() : *entries) {
        explore(section, *entry.get_if<ConfigTable>());
      }
    }
    return std::move(facts_);
  }

 private:
  struct Trial {
    ConfigTable entry;
    std::string question;  // the key that it has more, and its value
  };

  // Reads the entry, then others with one key more, as long as that makes readers ask for something new.
  void explore(const ConfigSection& section, const ConfigTable& first) {
    std::set<std::string> asked;
    std::deque<Trial> trials{{first, ""}};
    while (!trials.empty()) {
      const Trial trial = std::move(trials.front());
      trials.pop_front();
      const std::size_t before = asked.size();
      for (const auto& [path, use] : read(section, trial.entry)) {
        add_trials(section.name, trial.entry, path, use, asked, trials);
      }
      if (asked.size() == before) {
        led_nowhere_.insert(section.name + " " + trial.question);
      }
    }
  }

  void add_trials(const std::string& section, const ConfigTable& entry, const std::string& path, const KeyUse& use,
                  std::set<std::string>& asked, std::deque<Trial>& trials) const {
    if (path == section && use.key == "type" && entry.find("type") != nullptr) {
      return;  // each type has a first entry of its own
    }
    // Only whether it is there was asked, as of kinds of checks and conditions of alerts: what it takes is found out.
    const bool any_type = facts_.at(path).at(use.key).types == KeyType::kNone;
    for (ConfigValue& example : examples_of(use, any_type)) {
      std::string question = path + "." + use.key + "=" + example.canonical();
      Trial trial{entry, question};
      ConfigTable* const table =
          table_at(trial.entry, path.size() > section.size() ? std::string_view(path).substr(section.size() + 1) : "");
      const bool known = !any_type && led_nowhere_.contains(section + " " + question);
      if (table != nullptr && asked.insert(std::move(question)).second && !known) {
        table->set(use.key, std::move(example));
        trials.push_back(std::move(trial));
      }
    }
  }

  // What its readers asked of the entry and of the tables in it.
  std::vector<std::pair<std::string, KeyUse>> read(const ConfigSection& section, const ConfigTable& entry) {
    const bool about_metrics = section.name == "alert" || section.name == "row" || section.name == "panel";
    ConfigTable config = about_metrics ? with_metrics_ : context_;
    ConfigValue* const given = config.find(section.name);
    if (!section.array) {
      config.set(section.name, value_of(entry));
    } else if (given == nullptr) {
      config.set(section.name, list_of({value_of(entry)}));
    } else {
      std::get<ConfigArray>(given->data()).push_back(value_of(entry));
    }
    Diagnostics diagnostics;
    diagnostics.want_keys();
    TextFileSystem files("/x", "", TimePoint());
    static_cast<void>(assemble(config, {}, files, diagnostics));
    add_uses(config, diagnostics, facts_);
    const ConfigValue& read = *config.find(section.name);
    TablePaths tables;
    find_tables(section.array ? *read.get_if<ConfigArray>()->back().get_if<ConfigTable>() : *read.get_if<ConfigTable>(),
                section.name, tables);
    std::vector<std::pair<std::string, KeyUse>> uses;
    for (const KeyUse& use : diagnostics.keys()) {
      if (const auto table = tables.find(use.table); table != tables.end()) {
        uses.emplace_back(table->second, use);
      }
    }
    return uses;
  }

  ConfigTable context_;
  ConfigTable with_metrics_;
  ConfigTable first_;
  ConfigFacts facts_;
  std::set<std::string> led_nowhere_;  // sections and questions after which readers asked for nothing new
};

}  // namespace

void add_uses(const ConfigTable& config, const Diagnostics& diagnostics, ConfigFacts& facts) {
  TablePaths tables;
  find_tables(config, "", tables);
  for (const KeyUse& use : diagnostics.keys()) {
    if (const auto table = tables.find(use.table); table != tables.end()) {
      facts[table->second][use.key].add(use);
    }
  }
}

ConfigFacts explore_keys() { return Explorer().run(); }

}  // namespace leeway
