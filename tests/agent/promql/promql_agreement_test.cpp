// The parser and the type check against Prometheus' own: tests/data/promql, which tests/deploy/promql_lists_test.py
// holds to promtool.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "agent/promql/promql_parser.h"
#include "agent/promql/promql_types.h"

namespace leeway::promql {
namespace {

std::vector<std::string> read_list(const std::string& name) {
  std::ifstream file(LEEWAY_SOURCE_DIR "/tests/data/promql/" + name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

// What is wrong with the expression, or "".
std::string refusal(const std::string& text) {
  const Expected<std::unique_ptr<Node>> tree = parse(text);
  if (!tree) {
    return tree.error().message;
  }
  const Expected<void> typed = check_types(**tree);
  return typed ? "" : typed.error().message;
}

TEST(PromqlAgreement, TakesWhatPrometheusTakes) {
  const std::vector<std::string> expressions = read_list("valid.txt");
  EXPECT_GT(expressions.size(), 100U);
  for (const std::string& text : expressions) {
    EXPECT_EQ("", refusal(text)) << text;
  }
}

TEST(PromqlAgreement, RefusesWhatPrometheusRefuses) {
  const std::vector<std::string> expressions = read_list("invalid.txt");
  EXPECT_GT(expressions.size(), 100U);
  for (const std::string& text : expressions) {
    // Prometheus does not accept Grafana's variables.
    EXPECT_EQ(text.find('$') != std::string::npos, refusal(text).empty()) << text;
  }
}

}  // namespace
}  // namespace leeway::promql
