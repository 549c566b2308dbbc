#include "agent/panels/panel_scope.h"

#include <algorithm>
#include <vector>

#include "agent/promql/promql_parser.h"
#include "agent/promql/promql_series.h"

namespace leeway {
namespace {

void find_selectors(const promql::Node& node, std::vector<const promql::Node*>& found) {
  if (node.kind == promql::NodeKind::kSelector && !node.selector.metric.empty()) {
    found.push_back(&node);
  }
  for (const std::unique_ptr<promql::Node>& child : node.children) {
    find_selectors(*child, found);
  }
}

bool matches(const Selector& selector, std::string_view label) {
  return std::any_of(selector.matchers.begin(), selector.matchers.end(),
                     [label](const LabelMatcher& matcher) { return matcher.label == label; });
}

// The matchers that the selector lacks: `job=~"$job", instance=~"$instance"`.
std::string missing_matchers(const Selector& selector, const Catalog& catalog) {
  const promql::Series series = promql::find_series(selector, catalog);
  const bool exported = catalog.metrics.find(series.metric) != nullptr;
  std::string matchers;
  if ((exported || series.kind == promql::Series::Kind::kRecorded) && !matches(selector, "job")) {
    matchers = R"(job=~"$job")";
  }
  if (exported && !matches(selector, "instance")) {
    matchers += (matchers.empty() ? "" : ", ") + std::string(R"(instance=~"$instance")");
  }
  return matchers;
}

// `text` holds the selector at its offset.
void narrow(std::string& text, const promql::Node& node, const std::string& matchers) {
  const std::size_t name_end = node.offset + node.selector.metric.size();
  const std::size_t brace = text.find_first_not_of(" \t\n", name_end);
  if (brace == std::string::npos || text[brace] != '{') {
    text.insert(name_end, "{" + matchers + "}");
  } else {
    text.insert(brace + 1, matchers + (node.selector.matchers.empty() ? "" : ", "));
  }
}

}  // namespace

std::string with_dashboard_variables(std::string_view expr, const Catalog& catalog) {
  std::string text(expr);
  const Expected<std::unique_ptr<promql::Node>> tree = promql::parse(expr);
  if (!tree) {
    return text;
  }
  std::vector<const promql::Node*> found;
  find_selectors(**tree, found);
  // From the last to the first, so that offsets stay right.
  std::sort(found.begin(), found.end(),
            [](const promql::Node* a, const promql::Node* b) { return a->offset > b->offset; });
  for (const promql::Node* node : found) {
    const std::string matchers = missing_matchers(node->selector, catalog);
    if (!matchers.empty()) {
      narrow(text, *node, matchers);
    }
  }
  // The insertion went wrong if there is a comment between a name and its braces.
  return promql::parse(text) ? text : std::string(expr);
}

}  // namespace leeway
