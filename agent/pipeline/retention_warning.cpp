#include "agent/pipeline/retention_warning.h"

#include <span>
#include <string>

#include "agent/core/units.h"

namespace leeway {
namespace {

constexpr Duration kUsualPeriod = std::chrono::hours(24 * 30);  // of an SLO that gives none

std::span<const ConfigValue> entries_of(const ConfigTable& config, std::string_view section) {
  const ConfigValue* const entries = config.find(section);
  const auto* const list = entries == nullptr ? nullptr : entries->get_if<ConfigArray>();
  return list == nullptr ? std::span<const ConfigValue>() : std::span(*list);
}

const std::string* text_of(const ConfigValue& entry, std::string_view key) {
  const auto* const table = entry.get_if<ConfigTable>();
  const ConfigValue* const value = table == nullptr ? nullptr : table->find(key);
  return value == nullptr ? nullptr : value->get_if<std::string>();
}

struct Entry {
  Position position{};
  std::string title{};  // "[[slo]] 'availability': ", or ""
};

// Of whose rules one is: the alert of that name, or the SLO of the longest period, which may share it with others.
Entry entry_of_rule(const ConfigTable& config, const std::string& rule) {
  for (const ConfigValue& alert : entries_of(config, "alert")) {
    if (const std::string* const name = text_of(alert, "name"); name != nullptr && *name == rule) {
      return {alert.position(), "[[alert]] '" + *name + "': "};
    }
  }
  Entry found;
  Duration longest{};
  for (const ConfigValue& slo : entries_of(config, "slo")) {
    const std::string* const text = text_of(slo, "period");
    const std::string* const name = text_of(slo, "name");
    const Expected<Duration> period = text == nullptr ? Expected<Duration>(kUsualPeriod) : parse_duration(*text);
    if (period && *period > longest) {
      longest = *period;
      found = {slo.position(), name == nullptr ? "" : "[[slo]] '" + *name + "': "};
    }
  }
  const ConfigValue* const rules = config.find("rules");
  return longest == Duration{} && rules != nullptr ? Entry{rules->position()} : found;
}

}  // namespace

void warn_of_retention(const ConfigTable& config, const Catalog& catalog, Diagnostics& diagnostics) {
  Duration longest{};
  std::string name;
  const auto look_at = [&](const std::string& rule, Duration range) {
    if (range > longest) {
      longest = range;
      name = rule;
    }
  };
  for (const RecordingRule& rule : catalog.recording_rules) {
    look_at(rule.name, rule.range);
  }
  for (const AlertRule& alert : catalog.alerts) {
    look_at(alert.name, alert.range);
  }
  if (longest > catalog.settings.retention) {
    const Entry entry = entry_of_rule(config, name);
    diagnostics.warning(entry.position,
                        entry.title + "its rule '" + name + "' looks back " + format_duration(longest) +
                            ", but [rules] retention is " + format_duration(catalog.settings.retention) +
                            "; run Prometheus with a longer --storage.tsdb.retention.time and set [rules] retention "
                            "accordingly");
  }
}

}  // namespace leeway
