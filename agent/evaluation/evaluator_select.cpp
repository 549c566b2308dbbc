// The part of the evaluator that finds series and their samples.
#include <algorithm>

#include "agent/core/units.h"
#include "agent/evaluation/evaluator.h"
#include "agent/promql/promql_regex.h"

namespace leeway::evaluation {

using promql::Node;
using promql::NodeKind;

namespace {

constexpr Time kLookBack = 300 * kSecond;

Time milliseconds(Duration duration) { return duration / std::chrono::milliseconds(1); }

// Whether a series with the name of a metric, and perhaps others, can match as far as the name is concerned.
bool admits_name(const Selector& selector, std::string_view name) {
  if (!selector.metric.empty()) {
    return selector.metric == name;
  }
  return std::all_of(selector.matchers.begin(), selector.matchers.end(), [name](const LabelMatcher& matcher) {
    return matcher.label != kMetricName || promql::matches(matcher, name);
  });
}

bool admits(const Selector& selector, const LabelSet& labels) {
  return admits_name(selector, label_value(labels, kMetricName)) &&
         std::all_of(selector.matchers.begin(), selector.matchers.end(), [&labels](const LabelMatcher& matcher) {
           return promql::matches(matcher, label_value(labels, matcher.label));
         });
}

// Whether the expression has no result while there are no samples.
bool needs_samples(const Node& node) {
  const auto child_needs = [](const std::unique_ptr<Node>& child) { return needs_samples(*child); };
  if (node.kind == NodeKind::kSelector) {
    return true;
  }
  if (node.kind == NodeKind::kCall && (node.text.starts_with("absent") || node.text == "scalar")) {
    return false;
  }
  if (node.kind == NodeKind::kBinary && node.text == "or") {
    return std::all_of(node.children.begin(), node.children.end(), child_needs);
  }
  if (node.kind == NodeKind::kBinary && node.text == "unless") {
    return needs_samples(*node.children[0]);
  }
  return std::any_of(node.children.begin(), node.children.end(), child_needs);
}

Expected<void> check_modifiers(const Node& node) {
  if (node.has_at) {
    return Error{ErrorCode::kConfiguration, "the modifier @"};
  }
  if (node.has_back && node.back == Duration{}) {
    return Error{ErrorCode::kConfiguration, "a variable as an offset"};
  }
  return {};
}

// Collects points by series, in the order in which series appear.
class Collected {
 public:
  void add(Labels labels, Time time, double value) {
    const auto [at, added] = index_.try_emplace(labels, series_.size());
    if (added) {
      series_.push_back({labels, {}});
    }
    series_[at->second].points.push_back({time, value});
  }
  RangeVector take() { return std::move(series_); }

 private:
  RangeVector series_;
  std::unordered_map<Labels, std::size_t> index_;
};

}  // namespace

Evaluator::Selected& Evaluator::selected(const Node& node) {
  const auto [at, added] = selected_.try_emplace(&node);
  Selected& result = at->second;
  if (!added) {
    return result;
  }
  for (const std::size_t series : samples_.series_of(node.selector.metric)) {
    if (admits(node.selector, *samples_.labels(series))) {
      result.series.push_back(series);
    }
  }
  for (Rule& rule : rules_) {
    if (admits_name(node.selector, rule.rule->name)) {
      result.rules.push_back(&rule);
    }
  }
  return result;
}

Expected<InstantVector> Evaluator::select(const Node& node, Time at) {
  if (const Expected<void> known = check_modifiers(node); !known) {
    return known.error();
  }
  const Time time = at - milliseconds(node.back);
  InstantVector result;
  if (samples_.empty() || time < samples_.start()) {
    return result;
  }
  Selected& what = selected(node);
  const auto last_before = [&](Time interval) {
    return static_cast<std::size_t>((time - samples_.start()) / interval);
  };
  const std::size_t instant = std::min(last_before(samples_.interval()), samples_.instants() - 1);
  if (time - samples_.time_of(instant) < std::max(kLookBack, samples_.interval())) {
    for (const std::size_t series : what.series) {
      const double value = samples_.value(series, instant);
      if (is_sample(value)) {
        result.push_back({samples_.labels(series), value});
      }
    }
  }
  for (Rule* const rule : what.rules) {
    const Expected<const InstantVector*> values = value_of_rule(*rule, last_before(rule_interval_));
    if (!values) {
      return values.error();
    }
    for (const Element& element : **values) {
      const auto [matched, added] = what.matched.try_emplace(element.labels);
      if (added) {
        matched->second = admits(node.selector, *element.labels);
      }
      if (matched->second) {
        result.push_back(element);
      }
    }
  }
  return result;
}

Expected<RangeVector> Evaluator::range_of(const Node& argument, Time at) {
  const Node& node = promql::without_parentheses(argument);
  if (const Expected<void> known = check_modifiers(node); !known) {
    return known.error();
  }
  if (node.range == Duration{} || (node.has_step && node.step == Duration{})) {
    return Error{ErrorCode::kConfiguration, "a variable as a range"};
  }
  const Time end = at - milliseconds(node.back);
  return node.kind == NodeKind::kSubquery ? subquery(node, end) : select_range(node, end);
}

Expected<RangeVector> Evaluator::select_range(const Node& node, Time end) {
  const Time range = milliseconds(node.range);
  if (samples_.empty() || end < samples_.start()) {
    return RangeVector();
  }
  Selected& what = selected(node);
  const Time interval = what.rules.empty() ? samples_.interval() : rule_interval_;
  if (range < interval) {
    return Error{ErrorCode::kConfiguration, "its range of " + format_duration(node.range) + " is shorter than the " +
                                                format_duration(std::chrono::milliseconds(interval)) +
                                                " between the samples of this preview"};
  }
  const auto first_from = [&](Time step) {
    const Time before = std::max<Time>(0, end - range - samples_.start());
    return static_cast<std::size_t>((before + step - 1) / step);
  };
  const auto last_before = [&](Time step) { return static_cast<std::size_t>((end - samples_.start()) / step); };
  Collected collected;
  const std::size_t first = first_from(samples_.interval());
  const std::size_t last = std::min(last_before(samples_.interval()), samples_.instants() - 1);
  for (const std::size_t series : what.series) {
    for (std::size_t instant = first; instant <= last; ++instant) {
      const double value = samples_.value(series, instant);
      if (is_sample(value)) {
        collected.add(samples_.labels(series), samples_.time_of(instant), value);
      }
    }
  }
  for (Rule* const rule : what.rules) {
    for (std::size_t i = first_from(rule_interval_); i <= last_before(rule_interval_); ++i) {
      const Expected<const InstantVector*> values = value_of_rule(*rule, i);
      if (!values) {
        return values.error();
      }
      for (const Element& element : **values) {
        if (admits(node.selector, *element.labels)) {
          collected.add(element.labels, samples_.start() + static_cast<Time>(i) * rule_interval_, element.value);
        }
      }
    }
  }
  return collected.take();
}

Expected<RangeVector> Evaluator::subquery(const Node& node, Time end) {
  const Time step = node.has_step ? milliseconds(node.step) : subquery_step_;
  const Time start = end - milliseconds(node.range);
  Time time = start / step * step;
  time += time < start ? step : 0;
  if (needs_samples(*node.children[0]) && time < samples_.start()) {
    time += (samples_.start() - time + step - 1) / step * step;
  }
  Collected collected;
  for (; time <= end; time += step) {
    const Expected<Value> value = evaluate(*node.children[0], time);
    if (!value) {
      return value.error();
    }
    if (value->type == promql::ValueType::kScalar) {
      collected.add(sets_.intern({}), time, value->scalar);
    }
    for (const Element& element : value->vector) {
      collected.add(element.labels, time, element.value);
    }
  }
  return collected.take();
}

Expected<const InstantVector*> Evaluator::value_of_rule(Rule& rule, std::size_t evaluation) {
  if (rule.values.size() <= evaluation) {
    rule.values.resize(evaluation + 1);
  }
  if (rule.values[evaluation] != nullptr) {
    return rule.values[evaluation].get();
  }
  if (rule.evaluating) {
    return Error{ErrorCode::kConfiguration, "a recording rule that reads itself"};
  }
  rule.evaluating = true;
  Expected<InstantVector> computed =
      compute_rule(rule, samples_.start() + static_cast<Time>(evaluation) * rule_interval_);
  rule.evaluating = false;
  if (!computed) {
    return computed.error();
  }
  rule.values[evaluation] = std::make_unique<InstantVector>(std::move(*computed));
  return rule.values[evaluation].get();
}

Expected<InstantVector> Evaluator::compute_rule(Rule& rule, Time at) {
  if (rule.tree == nullptr) {
    const Expected<const Node*> tree = prepare(rule.rule->expr);
    if (!tree) {
      return tree.error();
    }
    rule.tree = *tree;
  }
  const Expected<Value> value = evaluate(*rule.tree, at);
  if (!value) {
    return value.error();
  }
  InstantVector result = value->vector;
  if (value->type == promql::ValueType::kScalar) {
    result.push_back({sets_.intern({}), value->scalar});
  }
  for (Element& element : result) {
    LabelSet labels = *element.labels;
    set_label(labels, kMetricName, rule.rule->name);
    for (const auto& [name, text] : rule.rule->set_labels) {
      set_label(labels, name, text);
    }
    element.labels = sets_.intern(std::move(labels));
  }
  return result;
}

}  // namespace leeway::evaluation
