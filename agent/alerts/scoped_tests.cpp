#include "agent/alerts/scoped_tests.h"

#include <algorithm>
#include <vector>

#include "agent/promql/selector.h"

namespace leeway {
namespace {

// Null where the series lacks the label.
LabelMatcher* find_label(Selector& series, const std::string& label) {
  const auto found = std::find_if(series.matchers.begin(), series.matchers.end(),
                                  [&label](const LabelMatcher& matcher) { return matcher.label == label; });
  return found == series.matchers.end() ? nullptr : &*found;
}

void scope_label(AlertTest& test, const std::string& label, const std::string& value,
                 const std::set<std::string>& foreign) {
  std::vector<std::pair<InputSeries*, Selector>> own;
  std::set<std::string> values;
  for (InputSeries& input : test.input) {
    Expected<Selector> series = parse_selector(input.series);
    if (series && foreign.count(series->metric) == 0) {
      const LabelMatcher* const held = find_label(*series, label);
      if (held != nullptr) {
        values.insert(held->value);
      }
      own.emplace_back(&input, std::move(*series));
    }
  }
  if (values.size() > 1) {
    return;
  }
  for (auto& [input, series] : own) {
    if (LabelMatcher* const held = find_label(series, label)) {
      held->value = value;
    } else {
      series.matchers.push_back({label, "=", value});
    }
    std::sort(series.matchers.begin(), series.matchers.end(),
              [](const LabelMatcher& a, const LabelMatcher& b) { return a.label < b.label; });
    input->series = series.to_string();
  }
  for (AlertExpectation& expectation : test.expectations) {
    for (FiringAlert& firing : expectation.firing) {
      const auto held = std::find_if(firing.labels.begin(), firing.labels.end(),
                                     [&label](const auto& entry) { return entry.first == label; });
      if (held == firing.labels.end()) {
        firing.labels.emplace_back(label, value);
      } else if (values.count(held->second) > 0) {
        held->second = value;
      }
    }
  }
}

}  // namespace

void scope_test(AlertTest& test, const RuleLabels& scope, const std::set<std::string>& foreign) {
  for (const auto& [label, value] : scope) {
    scope_label(test, label, value, foreign);
  }
}

}  // namespace leeway
