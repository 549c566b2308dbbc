// Every metric that a configuration can export, each named once. Built from the monitors of a configuration; read by
// `check`, by the rule and dashboard generators and by tests.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/metrics/metric_desc.h"

namespace leeway {

class MetricCatalog {
 public:
  // Several monitors of one kind may share a family (leeway_slo_burn_rate): an equal desc is added once. Of descs that
  // add labels, the one in the catalogue gets those of all.
  // kConfiguration where the name is taken by a different desc, or where a name of the family or of a sample
  // (taken_names()) is one of another metric's: such a page would be refused as a whole by strict parsers.
  Expected<void> add(MetricDesc desc);
  const MetricDesc* find(std::string_view name) const;
  // In the order in which they were added.
  std::span<const MetricDesc> metrics() const { return metrics_; }

 private:
  std::vector<MetricDesc> metrics_;
  std::map<std::string, std::size_t, std::less<>> taken_;  // name of a family or sample -> index of its metric
};

}  // namespace leeway
