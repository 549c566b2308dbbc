#include "agent/pipeline/rule_windows.h"

#include <algorithm>
#include <string>

#include "agent/core/units.h"
#include "agent/pipeline/retention_warning.h"

namespace leeway {
namespace {

// Increases over windows with one sample or none have no value, now and then or always.
void check_scrapes(const Catalog& catalog, const Position& position, Diagnostics& diagnostics) {
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
  warn_of_retention(config, catalog, diagnostics);
  check_scrapes(catalog, position, diagnostics);
}

}  // namespace leeway
