#include "agent/promql/promql_check.h"

#include <algorithm>
#include <array>
#include <memory>

#include "agent/core/expected.h"
#include "agent/promql/promql_checker.h"
#include "agent/promql/promql_lexer.h"
#include "agent/promql/promql_look_back.h"
#include "agent/promql/promql_parser.h"
#include "agent/promql/promql_regex.h"
#include "agent/promql/promql_types.h"

namespace leeway {
namespace {

PromqlProblem problem_of(const Error& error) { return {error.position.column - 1, error.message}; }

// A "$1" of label_replace() is not a variable.
bool names_variable(std::string_view text) {
  const Expected<std::vector<promql::Token>> tokens = promql::tokenize(text);
  constexpr std::array<std::string_view, 4> kMatchers = {"=", "!=", "=~", "!~"};
  bool matched = false;
  for (const promql::Token& token : *tokens) {
    const bool string = token.kind == promql::TokenKind::kString && matched;
    if (token.kind == promql::TokenKind::kVariable || (string && promql::has_variable(token.text))) {
      return true;
    }
    matched = std::find(kMatchers.begin(), kMatchers.end(), token.text) != kMatchers.end();
  }
  return false;
}

}  // namespace

PromqlReport check_promql(std::string_view text, const Catalog& catalog) {
  PromqlReport report;
  Expected<std::unique_ptr<promql::Node>> tree = promql::parse(text);
  if (!tree) {
    report.problems.push_back(problem_of(tree.error()));
    return report;
  }
  promql::Node& root = **tree;
  if (const Expected<void> typed = promql::check_types(root); !typed) {
    report.problems.push_back(problem_of(typed.error()));
    return report;
  }
  if (root.type == promql::ValueType::kRange || root.type == promql::ValueType::kString) {
    report.problems.push_back({root.offset, "the expression is a " + std::string(to_string(root.type)) +
                                                "; expected an instant vector or a scalar"});
  }
  report.range = promql::look_back(root);
  report.compares = promql::filters(root);
  report.has_variables = names_variable(text);
  promql::Checker(catalog, report).run(root);
  const auto before = [](const PromqlProblem& a, const PromqlProblem& b) { return a.offset < b.offset; };
  std::stable_sort(report.problems.begin(), report.problems.end(), before);
  return report;
}

}  // namespace leeway
