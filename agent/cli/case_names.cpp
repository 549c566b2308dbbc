// The part of case_run.h that compares names with the configuration.
#include <algorithm>

#include "agent/cli/case_run.h"
#include "agent/core/nearest_word.h"
#include "agent/promql/promql_series.h"

namespace leeway {
namespace {

std::vector<std::string> source_names(const Assembly& assembly) {
  std::vector<std::string> names;
  for (const auto& source : assembly.sources) {
    names.push_back(source->name);
  }
  return names;
}

void check_input(const TestCase& test, const CaseInput& input, const std::vector<std::string>& sources,
                 Diagnostics& diagnostics) {
  const std::string what = "[[case]] '" + test.name + "': ";
  if (input.source.empty()) {
    if (sources.size() != 1) {
      diagnostics.error(input.position, what + "'source' is missing; expected " + quoted_words(sources, "or"));
    }
    return;
  }
  if (std::find(sources.begin(), sources.end(), input.source) == sources.end()) {
    diagnostics.error(input.position, what + "there is no source '" + input.source + "'; expected " +
                                          quoted_words(sources, "or") + did_you_mean(input.source, sources));
  }
}

void check_series(const ExpectedSeries& series, const Catalog& catalog, Diagnostics& diagnostics) {
  const std::string& name = series.selector.metric;
  switch (promql::find_series(series.selector, catalog).kind) {
    case promql::Series::Kind::kUnknown:
      diagnostics.error(series.position, "there is no metric '" + name + "'" + promql::nearest_series(name, catalog));
      return;
    case promql::Series::Kind::kHistogram:
      diagnostics.error(series.position, "'" + name + "' is a histogram; expected " + name + "_bucket, " + name +
                                             "_count or " + name + "_sum");
      return;
    case promql::Series::Kind::kRecorded:
      diagnostics.error(series.position, "'" + name + "' is recorded by Prometheus; expected a metric of the agent");
      return;
    default:
      return;
  }
}

void check_alerts(const std::optional<std::vector<ExpectedAlert>>& alerts, const Catalog& catalog,
                  Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const AlertRule& alert : catalog.alerts) {
    names.push_back(alert.name);
  }
  for (const ExpectedAlert& alert : alerts.value_or(std::vector<ExpectedAlert>())) {
    if (std::find(names.begin(), names.end(), alert.selector.metric) == names.end()) {
      diagnostics.error(alert.position, "there is no alert '" + alert.selector.metric + "'" +
                                            did_you_mean(alert.selector.metric, names));
    }
  }
}

}  // namespace

void check_names(const CaseFile& cases, const Assembly& assembly, Diagnostics& diagnostics) {
  const std::vector<std::string> sources = source_names(assembly);
  for (const auto& source : assembly.sources) {
    if (!source->definition->ends()) {
      diagnostics.error({cases.config}, "source '" + source->name +
                                            "' receives its records; cases are only for sources that read files");
    }
  }
  for (const TestCase& test : cases.cases) {
    for (const CaseInput& input : test.inputs) {
      check_input(test, input, sources, diagnostics);
    }
    for (const ExpectedSeries& series : test.series) {
      check_series(series, assembly.catalog, diagnostics);
    }
    check_alerts(test.alerts, assembly.catalog, diagnostics);
    check_alerts(test.at_end, assembly.catalog, diagnostics);
  }
}

}  // namespace leeway
