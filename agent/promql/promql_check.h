// Reads PromQL as far as needed to say what is wrong with it before Prometheus does: syntax, types of operands and
// arguments, and whether everything it names is exported. Used for [[alert]] and [[panel]] entries and, in tests, for
// every generated expression.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/metrics/catalog.h"

namespace leeway {

struct PromqlProblem {
  std::size_t offset = 0;  // into the text
  std::string message;     // "unknown metric 'http_request_total'; did you mean 'http_requests_total'?"
};

struct PromqlReport {
  std::vector<PromqlProblem> problems;  // by offset; of very many only some
  std::vector<std::string> metrics;     // named ones, each once, as in the catalogue: without _bucket, _sum, _count
  Duration range{};                     // the furthest look back, offsets and subqueries included
  bool compares = false;       // the outermost operation filters: a comparison (perhaps under and/or/unless), absent()
  bool has_variables = false;  // stands for different things in Grafana: no rule can take it
};

// Every metric must be exported, recorded or external, every matched or grouping label one of its labels or a target
// label; counters stand in rate(), increase(), irate(), resets() or changes() and rates are taken before sums;
// histogram_quantile() needs `le`; a range of rates has at least two scrape intervals. `$__rate_interval`, `$__range`,
// `$__interval`, `$job` and the like are accepted as Grafana fills them in.
PromqlReport check_promql(std::string_view text, const Catalog& catalog);

}  // namespace leeway
