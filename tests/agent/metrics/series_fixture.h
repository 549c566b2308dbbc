// Series of single records.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "agent/metrics/series_table.h"

namespace leeway {

inline SeriesOptions options_of(std::vector<std::string> names) {
  SeriesOptions options;
  for (std::string& name : names) {
    options.labels.push_back({std::move(name)});
  }
  return options;
}

inline TimePoint at(int time) { return TimePoint(std::chrono::seconds(time)); }

// Resolves single records.
class Resolver {
 public:
  explicit Resolver(SeriesTable& table) : table_(table) {}

  Series operator()(const std::vector<Value>& values, TimePoint time = at(1)) {
    std::vector<LabelColumn> columns;
    for (const Value& value : values) {
      columns.push_back({&value, true});
    }
    const std::vector<Row> rows{0};
    const std::vector<TimePoint> times{time};
    table_.resolve(columns, rows, times, out_, failures);
    return out_[0];
  }

  FailureCounts failures{};

 private:
  SeriesTable& table_;
  std::vector<Series> out_;
};

}  // namespace leeway
