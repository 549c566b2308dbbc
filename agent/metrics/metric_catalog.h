// Every metric that a configuration can export, each named once. Built from the monitors of a configuration; read by
// `check`, by the rule and dashboard generators and by tests.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/metrics/metric_desc.h"

namespace leeway {

class MetricCatalog {
 public:
  // Several monitors of one kind may share a family (leeway_slo_burn_rate): an equal desc is added once.
  // kConfiguration where the name is taken by a different desc, or where a histogram's _bucket/_sum/_count collide.
  Expected<void> add(MetricDesc desc);
  const MetricDesc* find(std::string_view name) const;
  // In the order in which they were added.
  std::span<const MetricDesc> metrics() const { return metrics_; }

 private:
  std::vector<MetricDesc> metrics_;
};

}  // namespace leeway
