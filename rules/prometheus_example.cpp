#include "rules/prometheus_example.h"

#include <fmt/format.h>

#include "agent/core/units.h"
#include "rules/yaml.h"

namespace leeway {

std::string prometheus_example(const Catalog& catalog) {
  const RuleSettings& settings = catalog.settings;
  std::string out = yaml_comment(
      "An example of prometheus.yml for " + settings.title +
          ", written by `leeway rules`: take over what yours lacks, with your addresses. All rules read only series "
          "with " +
          settings.scope + ", so the labels that the scrape configuration gives have to be these.",
      0);
  out += fmt::format("global:\n  evaluation_interval: {}\n", format_duration(settings.evaluation_interval));
  out += "rule_files:\n  - rules.yml\n";
  out += "alerting:\n  alertmanagers:\n    - static_configs:\n        - targets: [\"localhost:9093\"]\n";
  out += fmt::format("scrape_configs:\n  - job_name: {}\n    scrape_interval: {}\n", yaml_quote(job_name(settings)),
                     format_duration(settings.scrape_interval));
  out += "    static_configs:\n      - targets: [\"localhost:9464\"]\n";
  std::string labels;
  for (const auto& [name, value] : settings.scope_labels) {
    labels += name == "job" ? "" : fmt::format("          {}: {}\n", name, yaml_quote(value));
  }
  if (!labels.empty()) {
    out += "        labels:\n" + labels;
  }
  if (!settings.agent_job.empty() && settings.agent_job != job_name(settings)) {
    out += yaml_comment(
        "Whether the agents are up is read from the job " + settings.agent_job + ", which this example lacks.", 2);
  }
  return out;
}

}  // namespace leeway
