#include "agent/self/source_limits.h"

#include "agent/promql/selector.h"

namespace leeway {

std::map<SourceKind, SourceLimits> source_limits(const Catalog& catalog) {
  const RuleSettings& settings = catalog.settings;
  std::map<SourceKind, SourceLimits> kinds;
  for (const SourceSilence& source : catalog.sources) {
    std::optional<Duration> after = source.after;
    if (!after && (settings.silent_after_given || source.kind != SourceKind::kDataFile)) {
      after = settings.silent_after;
    }
    kinds[source.kind][after].push_back(source.name);
  }
  return kinds;
}

std::string of_sources(const char* metric, const std::vector<std::string>& sources, bool all) {
  return all ? metric : std::string(metric) + "{" + one_of("source", sources) + "}";
}

RuleLabels source_labels(const std::string& source) {
  return {{"instance", "a"}, {"job", "leeway"}, {"source", source}};
}

}  // namespace leeway
