#include "agent/pipeline/computed_hash.h"

#include <xxhash.h>

#include <algorithm>
#include <string>
#include <utility>

namespace leeway {
namespace {

// Alerts, titles and what else only shows a monitor's state are not part of what it computes: a change to them, also
// to the alerts of one of its checks, must not discard its state. A label or a mapped value may have that name too,
// so it has a meaning only in the entry and, of alerts, in the tables of its lists.
ConfigValue what_is_computed(const ConfigValue& entry, std::span<const std::string_view> shown_by,
                             bool in_list = false) {
  const ConfigTable* const table = entry.get_if<ConfigTable>();
  if (table == nullptr) {
    return entry;
  }
  ConfigTable kept;
  for (const auto& [key, value] : table->entries()) {
    const ConfigArray* const list = in_list ? nullptr : value.get_if<ConfigArray>();
    const bool shows = key == "title" || std::find(shown_by.begin(), shown_by.end(), key) != shown_by.end();
    if (key == "alerts" || (shows && !in_list)) {
      continue;
    }
    if (list == nullptr) {
      kept.set(key, value);
      continue;
    }
    ConfigArray rest;
    for (const ConfigValue& element : *list) {
      rest.push_back(what_is_computed(element, {}, true));
    }
    kept.set(key, ConfigValue(std::move(rest), value.position(), value.key_position()));
  }
  return ConfigValue(std::move(kept), entry.position(), entry.key_position());
}

}  // namespace

std::uint64_t hash_of_computed(const ConfigValue& entry, std::span<const std::string_view> shown_by) {
  const std::string canonical = what_is_computed(entry, shown_by).canonical();
  return XXH3_64bits(canonical.data(), canonical.size());
}

}  // namespace leeway
