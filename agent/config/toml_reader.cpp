#include "agent/config/toml_reader.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <vector>

#include "agent/config/toml_advice.h"
#include "agent/core/utf8.h"
#include "agent/core/whole_file.h"

namespace leeway {
namespace {

// Each dot of a key nests a table, and toml++ limits the nesting of values only: its recursion must not exhaust the
// stack.
constexpr std::ptrdiff_t kMostDotsInLine = 1000;

Position to_position(const toml::source_region& source, const std::string& file) {
  return {file, source.begin.line, source.begin.column};
}

class Converter {
 public:
  Converter(std::string file, Diagnostics& diagnostics, Variables* variables)
      : file_(std::move(file)), diagnostics_(diagnostics), variables_(variables) {}

  ConfigTable table(const toml::table& source) {
    // toml++ sorts by key; files are read in the order in which they were written.
    std::vector<std::pair<const toml::key*, const toml::node*>> entries;
    for (const auto& [key, node] : source) {
      entries.emplace_back(&key, &node);
    }
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
      const toml::source_position& left = a.first->source().begin;
      const toml::source_position& right = b.first->source().begin;
      return std::tie(left.line, left.column) < std::tie(right.line, right.column);
    });
    ConfigTable result;
    for (const auto& [key, node] : entries) {
      result.set(std::string(key->str()), value(*node, to_position(key->source(), file_)));
    }
    return result;
  }

 private:
  ConfigValue value(const toml::node& node, const Position& key_position) {
    const Position position = to_position(node.source(), file_);
    return {data(node, position), position, key_position};
  }

  ConfigValue::Data data(const toml::node& node, const Position& position) {
    if (const toml::table* const entries = node.as_table()) {
      return table(*entries);
    }
    if (const toml::array* const elements = node.as_array()) {
      ConfigArray array;
      for (const toml::node& element : *elements) {
        array.push_back(value(element, to_position(element.source(), file_)));
      }
      return array;
    }
    if (const auto* const text = node.as_string()) {
      return string(text->get(), position);
    }
    if (const auto* const integer = node.as_integer()) {
      return integer->get();
    }
    if (const auto* const number = node.as_floating_point()) {
      return number->get();
    }
    if (const auto* const boolean = node.as_boolean()) {
      return boolean->get();
    }
    diagnostics_.error(position, "dates and times are not used here; expected a string, a number or a boolean");
    return std::string();
  }

  std::string string(const std::string& text, const Position& position) {
    if (variables_ == nullptr) {
      return text;
    }
    Expected<std::string> replaced = variables_->replace(text);
    if (!replaced) {
      diagnostics_.error(position, replaced.error().message);
      return text;
    }
    return std::move(*replaced);
  }

  std::string file_;
  Diagnostics& diagnostics_;
  Variables* variables_;
};

const std::string* text_of(const ConfigTable& table, std::string_view key) {
  const ConfigValue* const value = table.find(key);
  return value == nullptr ? nullptr : value->get_if<std::string>();
}

// Entries of arrays of tables are the same component if they have the same name and, where both give one, type.
bool same_component(const ConfigTable& a, const ConfigTable& b) {
  const std::string* const name_a = text_of(a, "name");
  const std::string* const name_b = text_of(b, "name");
  if (name_a == nullptr || name_b == nullptr || *name_a != *name_b) {
    return false;
  }
  const std::string* const type_a = text_of(a, "type");
  const std::string* const type_b = text_of(b, "type");
  return type_a == nullptr || type_b == nullptr || *type_a == *type_b;
}

void merge(ConfigTable& base, const ConfigTable& over);

void merge(ConfigArray& base, const ConfigArray& over) {
  // An existing entry is overridden once: a name used twice in one file stays an error for the assembly to report.
  std::vector<bool> overridden(base.size());
  for (const ConfigValue& entry : over) {
    const ConfigTable* const table = entry.get_if<ConfigTable>();
    std::size_t i = 0;
    for (; i < overridden.size(); ++i) {
      const ConfigTable* const other = base[i].get_if<ConfigTable>();
      if (!overridden[i] && table != nullptr && other != nullptr && same_component(*other, *table)) {
        break;
      }
    }
    if (table == nullptr || i == overridden.size()) {
      base.push_back(entry);
    } else {
      merge(std::get<ConfigTable>(base[i].data()), *table);
      overridden[i] = true;
    }
  }
}

bool is_array_of_tables(const ConfigValue& value) {
  const ConfigArray* const array = value.get_if<ConfigArray>();
  return array != nullptr && !array->empty() && array->front().get_if<ConfigTable>() != nullptr;
}

void merge(ConfigTable& base, const ConfigTable& over) {
  for (const auto& [key, value] : over.entries()) {
    ConfigValue* const existing = base.find(key);
    if (existing != nullptr && existing->get_if<ConfigTable>() != nullptr && value.get_if<ConfigTable>() != nullptr) {
      merge(std::get<ConfigTable>(existing->data()), *value.get_if<ConfigTable>());
    } else if (existing != nullptr && is_array_of_tables(*existing) && is_array_of_tables(value)) {
      merge(std::get<ConfigArray>(existing->data()), *value.get_if<ConfigArray>());
    } else {
      base.set(key, value);
    }
  }
}

// Adds the missing keys to `entry`: plain keys of `defaults`, and those of its table named like the entry's type.
void apply_defaults(ConfigTable& entry, const ConfigTable& defaults) {
  const std::string* const own_type = text_of(entry, "type");
  const std::string* const type = own_type != nullptr ? own_type : text_of(defaults, "type");
  const std::string type_name = type == nullptr ? "" : *type;
  if (const ConfigValue* const typed = type_name.empty() ? nullptr : defaults.find(type_name)) {
    if (const ConfigTable* const table = typed->get_if<ConfigTable>()) {
      apply_defaults(entry, *table);
    }
  }
  for (const auto& [key, value] : defaults.entries()) {
    if (value.get_if<ConfigTable>() == nullptr && entry.find(key) == nullptr) {
      entry.set(key, value);
    }
  }
}

// `path` as written in the file `from`.
std::string resolve(const std::string& from, const std::string& path) {
  return (std::filesystem::path(from).parent_path() / path).string();
}

// One spelling for each file, so that a cycle is found by comparing names.
std::string normal(const std::string& path) { return std::filesystem::path(path).lexically_normal().string(); }

// The number of the first line with too many dots, or 0.
std::uint32_t find_deep_line(std::string_view text) {
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (std::count(line.begin(), line.end(), '.') > kMostDotsInLine) {
      return number;
    }
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return 0;
}

// Of a file that is no TOML.
bool looks_like_log(std::string_view text, std::string_view name) {
  constexpr std::array<std::string_view, 6> kExtensions{".log", ".json", ".jsonl", ".ndjson", ".csv", ".txt"};
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return (first != std::string_view::npos && text[first] == '{') ||
         std::any_of(kExtensions.begin(), kExtensions.end(),
                     [name](std::string_view extension) { return name.ends_with(extension); });
}

class Reader {
 public:
  // `files` is null for text that is not from a file.
  Reader(FileSystem* files, Diagnostics& diagnostics, Variables* variables, ConfigFiles* noted = nullptr)
      : files_(files), diagnostics_(diagnostics), variables_(variables), noted_(noted) {}

  ConfigTable file(const std::string& path, const Position& included_from) {
    const Expected<std::string> text = load(path);
    if (!text) {
      diagnostics_.error(included_from, text.error().message);
      return {};
    }
    return this->text(*text, path);
  }

  ConfigTable text(std::string_view text, const std::string& name) {
    if (text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    if (const std::uint32_t line = find_deep_line(text); line != 0) {
      diagnostics_.error({name, line, 1}, "more than " + std::to_string(kMostDotsInLine) + " dots in one line");
      return {};
    }
    ConfigTable own;
    try {
      own = Converter(name, diagnostics_, variables_).table(toml::parse(text, name));
    } catch (const toml::parse_error& error) {
      const std::string description(error.description());
      diagnostics_.error(
          to_position(error.source(), name),
          looks_like_log(text, name)
              ? "no TOML; this looks like a log: `leeway init " + name + "` proposes a configuration for it"
              : description + toml_advice(text, error.source().begin.line, description));
      return {};
    }
    return with_includes(std::move(own), name);
  }

  void apply_all_defaults(ConfigTable& config) {
    const ConfigValue* const value = config.find("defaults");
    if (value == nullptr) {
      return;
    }
    const ConfigTable* const defaults = value->get_if<ConfigTable>();
    if (defaults == nullptr) {
      diagnostics_.error(value->position(), "'defaults' is " + std::string(value->type_name()) +
                                                "; expected tables such as [defaults.metric]");
      return;
    }
    ConfigTable result;
    for (const auto& [section, entries] : config.entries()) {
      if (section != "defaults") {
        result.set(section, entries);
      }
    }
    for (const auto& [section, own] : defaults->entries()) {
      apply_section(result.find(section), section, own);
    }
    config = std::move(result);
  }

 private:
  // `entries`: of [[section]], null where there is none. `own`: [defaults.section].
  void apply_section(ConfigValue* entries, const std::string& section, const ConfigValue& own) {
    const std::string title = "defaults." + section;
    const ConfigTable* const defaults = own.get_if<ConfigTable>();
    if (defaults == nullptr) {
      diagnostics_.error(own.position(),
                         "'" + title + "' is " + std::string(own.type_name()) + "; expected a table, [" + title + "]");
      return;
    }
    ConfigArray* const array = entries == nullptr ? nullptr : std::get_if<ConfigArray>(&entries->data());
    if (array == nullptr) {
      diagnostics_.warning(own.key_position(), "[" + title + "] applies to nothing: there is no [[" + section + "]]");
      return;
    }
    std::set<std::string> types;
    for (ConfigValue& entry : *array) {
      if (ConfigTable* const table = std::get_if<ConfigTable>(&entry.data())) {
        apply_defaults(*table, *defaults);
        const std::string* const type = text_of(*table, "type");
        types.insert(type == nullptr ? "" : *type);
      }
    }
    for (const auto& [key, value] : defaults->entries()) {
      if (value.get_if<ConfigTable>() != nullptr && !types.contains(key)) {
        diagnostics_.warning(value.key_position(), "[" + title + "." + key + "] applies to nothing: no [[" + section +
                                                       "]] is of type '" + key + "'");
      }
    }
  }

  Expected<std::string> load(const std::string& path) {
    Expected<std::string> bytes = read_whole_file(*files_, path, kLargestConfigFile);
    if (noted_ != nullptr) {
      noted_->note(path, bytes);
    }
    if (!bytes && bytes.error().code == ErrorCode::kLimit) {
      return Error{ErrorCode::kLimit, "'" + path + "' is larger than 16 MiB; no configuration is"};
    }
    return bytes;
  }

  ConfigTable with_includes(ConfigTable own, const std::string& name) {
    const ConfigValue* const include = own.find("include");
    if (include == nullptr) {
      return own;
    }
    ConfigTable rest;
    for (const auto& [key, value] : own.entries()) {
      if (key != "include") {
        rest.set(key, value);
      }
    }
    const ConfigArray* const paths = include->get_if<ConfigArray>();
    if (paths == nullptr || files_ == nullptr) {
      diagnostics_.error(include->position(),
                         paths == nullptr
                             ? "'include' is " + std::string(include->type_name()) + "; expected an array of paths"
                             : "'include' is only allowed in files; this text is not from a file");
      return rest;
    }
    ConfigTable merged;
    open_.insert(normal(name));
    for (const ConfigValue& element : *paths) {
      const std::string* const path = element.get_if<std::string>();
      if (path == nullptr) {
        diagnostics_.error(element.position(),
                           "'include' holds " + std::string(element.type_name()) + "; expected paths only");
        continue;
      }
      const std::string target = resolve(name, *path);
      if (open_.contains(normal(target))) {
        diagnostics_.error(element.position(), "'" + target + "' includes itself, directly or through others");
      } else if (read_.insert(normal(target)).second) {
        merge(merged, file(target, element.position()));
      }
    }
    open_.erase(normal(name));
    merge(merged, rest);
    return merged;
  }

  FileSystem* files_;
  Diagnostics& diagnostics_;
  Variables* variables_;
  ConfigFiles* noted_;
  std::set<std::string> open_;  // being read: an include of one of them is a cycle
  std::set<std::string> read_;  // included at least once
};

}  // namespace

ConfigTable read_toml(FileSystem& files, const std::string& path, Diagnostics& diagnostics, Variables* variables,
                      ConfigFiles* read) {
  if (read != nullptr) {
    read->clear();
  }
  Reader reader(&files, diagnostics, variables, read);
  ConfigTable config = reader.file(path, {});
  reader.apply_all_defaults(config);
  return config;
}

ConfigTable parse_toml(std::string_view text, const std::string& name, Diagnostics& diagnostics, Variables* variables) {
  Reader reader(nullptr, diagnostics, variables);
  ConfigTable config = reader.text(text, name);
  reader.apply_all_defaults(config);
  return config;
}

}  // namespace leeway
