// Checks PromQL for errors before Prometheus does: syntax, types of operands and
// arguments, and whether all metrics and labels it names are exported. Used for [[alert]] and [[panel]] entries and, in
// tests, for every generated expression.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/metrics/catalog.h"
#include "agent/promql/promql_labels.h"

namespace leeway {

struct PromqlProblem {
  std::size_t offset = 0;  // into the text
  std::string message;     // "unknown metric 'http_request_total'; did you mean 'http_requests_total'?"
};

struct PromqlReport {
  std::vector<PromqlProblem> problems;  // by offset; truncated where there are very many
  std::vector<std::string> metrics;     // named ones, each once, as in the catalogue: without _bucket, _sum, _count
  promql::Labels labels;                // that its result can have; none where it does not parse
  Duration range{};                     // the furthest look back, offsets and subqueries included
  bool compares = false;       // the outermost operation filters: a comparison (perhaps under and/or/unless), absent()
  bool has_variables = false;  // of Grafana: not allowed in a rule
};

// Every metric must be exported, recorded or external, every matched or grouping label one of its labels or a target
// label; counters are used in rate(), increase(), irate(), resets() or changes() and rates are taken before sums;
// histogram_quantile() needs `le`; a range of rates has at least two scrape intervals. `$__rate_interval`, `$__range`,
// `$__interval`, `$job` and the like are accepted as Grafana fills them in.
PromqlReport check_promql(std::string_view text, const Catalog& catalog);

}  // namespace leeway
