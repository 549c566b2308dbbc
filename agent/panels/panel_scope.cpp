#include "agent/panels/panel_scope.h"

#include <algorithm>

#include "agent/promql/promql_scope.h"
#include "agent/promql/promql_series.h"

namespace leeway {
namespace {

bool matches(const Selector& selector, std::string_view label) {
  return std::any_of(selector.matchers.begin(), selector.matchers.end(),
                     [label](const LabelMatcher& matcher) { return matcher.label == label; });
}

// The matchers that the selector lacks: `job=~"$job", instance=~"$instance"`.
std::string missing_matchers(const Selector& selector, const Catalog& catalog) {
  const promql::Series series = promql::find_series(selector, catalog);
  const bool exported = catalog.metrics.find(series.metric) != nullptr;
  std::string matchers;
  if ((exported || series.kind == promql::Series::Kind::kRecorded) && !matches(selector, "job")) {
    matchers = R"(job=~"$job")";
  }
  if (exported && !matches(selector, "instance")) {
    matchers += (matchers.empty() ? "" : ", ") + std::string(R"(instance=~"$instance")");
  }
  return matchers;
}

}  // namespace

std::string with_dashboard_variables(std::string_view expr, const Catalog& catalog) {
  return with_matchers(expr, [&catalog](const Selector& selector) { return missing_matchers(selector, catalog); });
}

}  // namespace leeway
