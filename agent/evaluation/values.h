// What expressions are evaluated to. Used in this room and by what draws results.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/evaluation/label_sets.h"
#include "agent/promql/promql_node.h"

namespace leeway::evaluation {

// Unix time in milliseconds, as Prometheus counts it.
using Time = std::int64_t;
inline constexpr Time kSecond = 1000;

struct Element {
  Labels labels = nullptr;
  double value = 0;
};
using InstantVector = std::vector<Element>;

struct Point {
  Time time = 0;
  double value = 0;
};
struct RangeSeries {
  Labels labels = nullptr;
  std::vector<Point> points;  // ascending, at least one
};
using RangeVector = std::vector<RangeSeries>;

struct Value {
  promql::ValueType type = promql::ValueType::kInstant;
  double scalar = 0;
  std::string text{};
  InstantVector vector{};
};

}  // namespace leeway::evaluation
