// [[alert.test]]: rule tests written by the user, required for an alert in PromQL. Used by alert_entry.
//   name = "…", interval = "1m", input = { 'x_total{job="app"}' = "0+1x30" }, fires = ["10m"], quiet = ["5m"],
//   labels = { job = "app" }, value = 3
// Without `labels` the test only checks that the alert fires, once.
#pragma once

#include <vector>

#include "agent/config/table_reader.h"
#include "agent/metrics/rule.h"

namespace leeway {

std::vector<AlertTest> read_user_tests(TableReader& alert);

}  // namespace leeway
