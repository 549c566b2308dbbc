// [[alert.test]]: rule tests that the user writes, which an alert in PromQL needs. Used by alert_entry.
//   name = "…", interval = "1m", input = { 'x_total{job="app"}' = "0+1x30" }, fires = ["10m"], quiet = ["5m"],
//   labels = { job = "app" }, value = 3
// Without `labels` it is only looked at whether the alert fires, once.
#pragma once

#include <vector>

#include "agent/config/table_reader.h"
#include "agent/metrics/rule.h"

namespace leeway {

std::vector<AlertTest> read_user_tests(TableReader& alert);

}  // namespace leeway
