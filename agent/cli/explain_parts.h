// What `explain` prints of sources and alerts, beyond their keys. On standard output.
#pragma once

#include <string>

#include "agent/metrics/catalog.h"
#include "agent/pipeline/assembly.h"
#include "agent/sampling/take_sample.h"

namespace leeway {

// How the source is read, and what the sample holds: fields with their types and an example of each, rejects by reason.
// `summary` is that of its definition.
void print_source_facts(const SampledSource& sampled, const std::string& summary);
// When the alert fires, in words, in PromQL and in series that make it fire; what it reads, and what to do then.
void print_alert_facts(const AlertRule& alert, const Catalog& catalog);
// The alerts that read the metric, by name.
void print_alerts_on(const std::string& metric, const Catalog& catalog);

}  // namespace leeway
