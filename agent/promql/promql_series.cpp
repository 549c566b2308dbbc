#include "agent/promql/promql_series.h"

#include <algorithm>
#include <array>
#include <vector>

#include "agent/core/nearest_word.h"

namespace leeway::promql {
namespace {

constexpr std::array<std::string_view, 3> kHistogramSuffixes = {"_bucket", "_count", "_sum"};

void add_all(Labels& labels, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    labels.add(name);
  }
}

// Empty where the selector has a pattern for it, or nothing.
std::string name_of(const Selector& selector) {
  for (const LabelMatcher& matcher : selector.matchers) {
    if (matcher.label == "__name__") {
      return matcher.op == "=" ? matcher.value : "";
    }
  }
  return selector.metric;
}

Labels labels_of(const MetricDesc& desc, const Catalog& catalog) {
  const bool undeclared = desc.label_names.empty() && catalog.metrics.find(desc.name) == nullptr;
  Labels labels = target_labels(catalog.settings);
  add_all(labels, desc.label_names);
  if (undeclared) {
    labels.add(Labels::any());
  }
  return labels;
}

// The histogram that `name` is a series of, or null.
const MetricDesc* histogram_of(const std::string& name, const Catalog& catalog) {
  for (const std::string_view suffix : kHistogramSuffixes) {
    if (name.ends_with(suffix)) {
      const MetricDesc* desc = catalog.find_metric(std::string_view(name).substr(0, name.size() - suffix.size()));
      return desc != nullptr && desc->type == MetricType::kHistogram ? desc : nullptr;
    }
  }
  return nullptr;
}

Labels recorded_labels(const std::string& name, const Catalog& catalog) {
  Labels labels = target_labels(catalog.settings);
  for (const RecordingRule& record : catalog.recording_rules) {
    if (record.name == name) {
      add_all(labels, record.labels);
      for (const auto& [label, value] : record.set_labels) {
        labels.add(label);
      }
      if (record.labels.empty()) {
        labels.add(Labels::any());
      }
    }
  }
  return labels;
}

}  // namespace

Labels target_labels(const RuleSettings& settings) {
  Labels labels;
  add_all(labels, {"job", "instance"});
  add_all(labels, settings.target_labels);
  add_all(labels, settings.fleet_labels);
  return labels;
}

Series find_series(const Selector& selector, const Catalog& catalog) {
  Series series;
  series.name = name_of(selector);
  series.metric = series.name;
  if (series.name.empty()) {
    series.labels = Labels::any();
  } else if (const MetricDesc* desc = catalog.find_metric(series.name)) {
    series.kind = desc->type == MetricType::kCounter     ? Series::Kind::kCounter
                  : desc->type == MetricType::kHistogram ? Series::Kind::kHistogram
                                                         : Series::Kind::kGauge;
    series.labels = labels_of(*desc, catalog);
  } else if (const MetricDesc* histogram = histogram_of(series.name, catalog)) {
    const bool absent =
        has_no_sum(*histogram) && catalog.metrics.find(histogram->name) != nullptr && !series.name.ends_with("_bucket");
    series.kind = absent ? Series::Kind::kNoSum : Series::Kind::kCounter;
    series.metric = histogram->name;
    series.labels = labels_of(*histogram, catalog);
    series.labels.remove("le");
    if (series.name.ends_with("_bucket")) {
      series.labels.add("le");
    }
  } else if (catalog.find_recording_rule(series.name) != nullptr) {
    series.kind = Series::Kind::kRecorded;
    series.labels = recorded_labels(series.name, catalog);
  } else {
    series.kind = Series::Kind::kUnknown;
    series.labels = Labels::any();
  }
  return series;
}

std::string nearest_series(const std::string& name, const Catalog& catalog) {
  std::vector<std::string> names;
  for (const MetricCatalog* metrics : {&catalog.metrics, &catalog.external}) {
    for (const MetricDesc& desc : metrics->metrics()) {
      for (const std::string_view suffix : kHistogramSuffixes) {
        if (desc.type == MetricType::kHistogram && (suffix == "_bucket" || !has_no_sum(desc))) {
          names.push_back(desc.name + std::string(suffix));
        }
      }
      if (desc.type != MetricType::kHistogram) {
        names.push_back(desc.name);
      }
    }
  }
  for (const RecordingRule& record : catalog.recording_rules) {
    names.push_back(record.name);
  }
  return did_you_mean(name, names);
}

}  // namespace leeway::promql
