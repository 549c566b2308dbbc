// What `check` prints of a configuration: its sources, metrics, SLOs and alerts. On standard output.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/metrics/catalog.h"
#include "agent/metrics/snapshot.h"
#include "agent/pipeline/assembly.h"
#include "agent/sampling/take_sample.h"

namespace leeway {

// `sampled`: what was read of the source; null where there is no sample.
void print_source(const AssembledSource& source, const SampledSource* sampled, FileSystem& files);
// Names only: a value may be a secret.
void print_variables(const std::map<std::string, bool>& variables);
void print_metric(const MetricDesc& metric, const std::vector<MetricStatus>& statuses);
void print_slos(const Snapshot& snapshot, const Catalog& catalog);
// The references that each [[drift]] compares with, one per line.
void print_references(const Snapshot& snapshot);
void print_alerts(const Catalog& catalog);
// What the scrape configuration has to say for the rules to see anything.
void print_scope(const RuleSettings& settings);
// What the columns of each [[drift]] are, by its reference, which may be in the sample.
std::string columns_of_drift(const Assembly& assembly);
// How many records of the sample each expression answered.
void print_expressions(const SampledSource& sampled);
// "true for 6 of 60 records; no value for 2 (missing_field 2)".
std::string answers_text(const ExpressionFacts& facts);

}  // namespace leeway
