// Names of metrics and labels that Prometheus accepts, and that nothing else of the configuration has. Used by
// config_text.
#pragma once

#include <set>
#include <string>

#include "agent/metrics/metric_desc.h"

namespace leeway {

// "http_status" of `http.status`.
std::string label_name(const std::string& expression);

// For a comment: without what would end its line.
std::string printable(std::string text);

// "ErrorLog" of "error_log".
std::string camel_case(const std::string& name);

// The name, or "job_name" where `job` is another's, or "a_b_2" where the entry has an `a_b`. It is taken then.
std::string free_label(const std::string& name, std::set<std::string>& taken);

// Of the metrics of a configuration.
class MetricNames {
 public:
  // The prefix, or "log_go_" where it begins no name of a metric.
  static std::string prefix(const std::string& wanted);
  // The name behind the prefix, or "rows_2_total" where there is one; "log_go_runs_total" or a name without meaning
  // where `name` is none of such a metric. It is taken then.
  std::string take(const std::string& prefix, const std::string& name, MetricType type);
  bool has(const std::string& name) const { return taken_.contains(name); }

 private:
  std::set<std::string> taken_;
};

}  // namespace leeway
