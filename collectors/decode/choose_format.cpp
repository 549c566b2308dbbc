#include "collectors/decode/choose_format.h"

#include <algorithm>

#include "agent/core/ascii.h"
#include "agent/core/nearest_word.h"

namespace leeway {
namespace {

using FormatKinds = std::span<const FormatKind>;

bool is_usable(const FormatKind& kind, FormatUse use) {
  return (static_cast<unsigned>(kind.use) & static_cast<unsigned>(use)) != 0;
}

std::string source_type(FormatUse use) { return use == FormatUse::kLogs ? "\"log\"" : "\"file\""; }

std::vector<std::string> usable_names(FormatKinds kinds, FormatUse use) {
  std::vector<std::string> names;
  for (const FormatKind& kind : kinds) {
    if (is_usable(kind, use)) {
      names.emplace_back(kind.name);
    }
  }
  return names;
}

const FormatKind* find_named(FormatKinds kinds, FormatUse use, std::string_view name) {
  const auto at = std::find_if(kinds.begin(), kinds.end(),
                               [&](const FormatKind& kind) { return kind.name == name && is_usable(kind, use); });
  return at == kinds.end() ? nullptr : &*at;
}

const FormatKind* find_suggested(FormatKinds kinds, FormatUse use, std::string_view extension) {
  const auto at = std::find_if(kinds.begin(), kinds.end(), [&](const FormatKind& kind) {
    const auto& all = kind.extensions;
    return is_usable(kind, use) && std::find(all.begin(), all.end(), extension) != all.end();
  });
  return extension.empty() || at == kinds.end() ? nullptr : &*at;
}

// The part after the last dot of a path's last component, in lower case: "csv" for "/data/*.CSV". One with a wildcard
// belongs to no format.
std::string extension_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || name.find('/', dot) != std::string_view::npos) {
    return {};
  }
  return lower_case(name.substr(dot + 1));
}

const FormatKind* chosen_by_names(TableReader& reader, FormatKinds kinds, FormatUse use,
                                  const std::vector<std::string>& names) {
  std::vector<const FormatKind*> suggested;
  std::vector<std::string> words;
  for (const std::string& name : names) {
    const FormatKind* const kind = find_suggested(kinds, use, extension_of(name));
    suggested.push_back(kind);
    if (kind != nullptr && std::find(words.begin(), words.end(), kind->name) == words.end()) {
      words.emplace_back(kind->name);
    }
  }
  const bool all_say_it = std::find(suggested.begin(), suggested.end(), nullptr) == suggested.end();
  if (all_say_it && words.size() == 1) {
    return suggested.front();
  }
  const std::string why =
      words.size() > 1 ? "the file names suggest " + quoted_words(words, "and") : "the file names do not suggest one";
  reader.error("format",
               "'format' is missing, and " + why + "; expected " + quoted_words(usable_names(kinds, use), "or"));
  return nullptr;
}

// What is said of a format that only the other kind of source can use. A format of this kind that has the same file
// names is what is meant.
std::string refusal(FormatKinds kinds, FormatUse use, const FormatKind& other) {
  const FormatKind* same_files = nullptr;
  for (const std::string_view extension : other.extensions) {
    same_files = same_files == nullptr ? find_suggested(kinds, use, extension) : same_files;
  }
  const std::vector<std::string> expected =
      same_files == nullptr ? usable_names(kinds, use) : std::vector{std::string(same_files->name)};
  return "'format' is \"" + std::string(other.name) + "\", which is for sources of type " + source_type(other.use) +
         "; expected " + quoted_words(expected, "or") + " for one of type " + source_type(use);
}

// Only a format knows its keys: without one, no key is reported except a misspelt `format`.
void accept_keys(TableReader& reader) {
  const std::vector<std::string> format = {"format"};
  for (const auto& [key, value] : reader.table().entries()) {
    if (nearest_word(key, format).empty()) {
      reader.accept(key);
    }
  }
}

}  // namespace

const FormatKind* find_format(TableReader& reader, const ConfigValue& value, std::span<const FormatKind> kinds,
                              FormatUse use) {
  const std::vector<std::string> names = usable_names(kinds, use);
  const std::string* const name = value.get_if<std::string>();
  if (name == nullptr) {
    reader.diagnostics().error(
        value.position(), "'format' is " + std::string(value.type_name()) + "; expected " + quoted_words(names, "or"));
    return nullptr;
  }
  if (const FormatKind* const usable = find_named(kinds, use, *name)) {
    return usable;
  }
  const FormatKind* const other = find_named(kinds, FormatUse::kBoth, *name);
  const std::string message = other != nullptr ? refusal(kinds, use, *other)
                                               : "'format' is \"" + *name + "\"; expected " +
                                                     quoted_words(names, "or") + did_you_mean(*name, names);
  reader.diagnostics().error(value.position(), reader.what() + ": " + message);
  return nullptr;
}

const FormatKind* choose_format(TableReader& reader, std::span<const FormatKind> kinds, FormatUse use,
                                const std::vector<std::string>& names) {
  const ConfigValue* const value = reader.value("format", KeyType::kText, usable_names(kinds, use));
  const FormatKind* const chosen =
      value != nullptr ? find_format(reader, *value, kinds, use) : chosen_by_names(reader, kinds, use, names);
  if (chosen == nullptr) {
    accept_keys(reader);
  }
  return chosen;
}

}  // namespace leeway
