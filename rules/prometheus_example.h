// An example of the configuration of Prometheus that the generated rules need. Used by `leeway rules`.
#pragma once

#include <string>

#include "agent/metrics/catalog.h"

namespace leeway {

// The scrape configuration with the job_name that the rules select, `rule_files` and `alerting`, as prometheus.yml
// beside rules.yml. Its addresses are those of one machine.
std::string prometheus_example(const Catalog& catalog);

}  // namespace leeway
