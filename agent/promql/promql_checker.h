// Compares the tree of an expression with the catalogue. Used by check_promql().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/metrics/catalog.h"
#include "agent/promql/promql_check.h"
#include "agent/promql/promql_labels.h"
#include "agent/promql/promql_node.h"
#include "agent/promql/promql_series.h"

namespace leeway::promql {

class Checker {
 public:
  // Both must outlive the checker; problems and metrics are appended to `report`.
  Checker(const Catalog& catalog, PromqlReport& report) : catalog_(catalog), report_(report) {}

  // Of a tree that check_types() accepted.
  void run(const Node& tree) { report_.labels = check(tree, {}); }

 private:
  // How the values of a selector are used.
  struct Use {
    enum class Kind : std::uint8_t {
      kValue,     // read as they are: not for counters
      kRate,      // differences that handle resets: counters only
      kPresence,  // not read
      kReported,  // a problem with them is already reported
      kSlope,     // differences that ignore resets: not for counters
    };
    Kind kind = Kind::kValue;
    std::string_view function{};  // whose argument it is, for kRate and kSlope
  };

  Labels check(const Node& node, Use use);
  Labels check_selector(const Node& node, Use use);
  Labels check_binary(const Node& node, Use use);
  static bool is_zero(const Node& node);
  Labels check_aggregation(const Node& node, Use use);
  Labels check_call(const Node& node);
  void check_matchers(const Node& node, const Series& series);
  void check_pattern(const LabelMatcher& matcher, std::size_t offset);
  void check_use(const Node& node, const Series& series, Use use);
  void check_range(const Node& call);
  Use use_of_argument(const Node& call);
  void check_labels(const std::vector<std::string>& labels, const std::vector<std::size_t>& offsets,
                    const Labels& known);
  void problem(std::size_t offset, std::string message);

  const Catalog& catalog_;
  PromqlReport& report_;
};

}  // namespace leeway::promql
