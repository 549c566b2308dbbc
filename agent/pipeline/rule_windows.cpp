#include "agent/pipeline/rule_windows.h"

#include <algorithm>
#include <string>

#include "agent/core/units.h"

namespace leeway {
namespace {

// Rules that look back further than Prometheus' retention silently give wrong results.
void warn_of_retention(const Catalog& catalog, Position position, Diagnostics& diagnostics) {
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
    diagnostics.warning(position, "'" + name + "' looks back " + format_duration(longest) +
                                      ", but [rules] retention is " + format_duration(catalog.settings.retention) +
                                      "; run Prometheus with a longer --storage.tsdb.retention.time and set [rules] "
                                      "retention accordingly");
  }
}

// Increases over windows with one sample or none have no value, now and then or always.
void check_scrapes(const Catalog& catalog, Position position, Diagnostics& diagnostics) {
  const auto shortest = std::min_element(catalog.recording_rules.begin(), catalog.recording_rules.end(),
                                         [](const RecordingRule& a, const RecordingRule& b) {
                                           return b.range == Duration{} ? a.range != Duration{}
                                                                        : a.range != Duration{} && a.range < b.range;
                                         });
  if (shortest == catalog.recording_rules.end() || shortest->range == Duration{}) {
    return;
  }
  const Duration range = shortest->range;
  const Duration interval = catalog.settings.scrape_interval;
  const std::string text = "'scrape_interval' is " + format_duration(interval) + ", so that the " +
                           format_duration(range) + " of '" + shortest->name + "' hold fewer than ";
  if (range < kFewestScrapes * interval) {
    diagnostics.error(position, text + "two scrapes; expected at most " + format_duration(range / kFewestScrapes) +
                                    ", better " + format_duration(range / kEnoughScrapes));
  } else if (range < kEnoughScrapes * interval) {
    diagnostics.warning(position, text +
                                      "four scrapes: where one is missed, alerts may have no value; expected at most " +
                                      format_duration(range / kEnoughScrapes));
  }
}

}  // namespace

void check_windows_of_rules(const Catalog& catalog, const ConfigTable& config, Diagnostics& diagnostics) {
  const ConfigValue* const rules = config.find("rules");
  const Position position = rules == nullptr ? Position{} : rules->position();
  warn_of_retention(catalog, position, diagnostics);
  check_scrapes(catalog, position, diagnostics);
}

}  // namespace leeway
