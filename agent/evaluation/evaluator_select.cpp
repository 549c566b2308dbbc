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

// What alerts leave is not complete while they are evaluated.
bool reads_alerts(const Node& node) {
  if (node.kind == NodeKind::kSelector) {
    return admits_name(node.selector, kAlerts) || admits_name(node.selector, kAlertsForState);
  }
  return std::any_of(node.children.begin(), node.children.end(),
                     [](const std::unique_ptr<Node>& child) { return reads_alerts(*child); });
}

}  // namespace

bool Evaluator::Selected::admits(const Selector& selector, Labels labels) {
  const auto [known, added] = matched.try_emplace(labels);
  if (added) {
    known->second = evaluation::admits(selector, *labels);
  }
  return known->second;
}

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
    if (admits_name(node.selector, rule.name)) {
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
  const std::size_t instant = std::min(samples_.last_until(time), samples_.instants() - 1);
  if (time - samples_.time_of(instant) < std::max(kLookBack, samples_.interval())) {
    for (const std::size_t series : what.series) {
      const double value = samples_.value(series, instant);
      if (is_sample(value)) {
        result.push_back({samples_.labels(series), value});
      }
    }
  }
  const std::size_t evaluations = evaluations_until(time);
  if (what.rules.empty() || evaluations == 0) {
    return result;
  }
  Expected<InstantVector> recorded = select_recorded(node, what, evaluations - 1);
  if (!recorded) {
    return recorded;
  }
  result.insert(result.end(), recorded->begin(), recorded->end());
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
  RangeVector result = select_samples(what, end - range, end);
  if (what.rules.empty() || evaluations_until(end) == 0) {
    return result;
  }
  const Time before = std::max<Time>(0, end - range - rule_start());
  const Time first = rule_start() + (before + interval - 1) / interval * interval;
  const Expected<RangeVector> recorded = history_of(node).range(
      first, end, interval, [&](Time time) { return select_recorded(node, what, evaluations_until(time) - 1); });
  if (!recorded) {
    return recorded.error();
  }
  result.insert(result.end(), recorded->begin(), recorded->end());
  return result;
}

RangeVector Evaluator::select_samples(const Selected& what, Time start, Time end) const {
  const Time before = std::max<Time>(0, start - samples_.start());
  const auto first = static_cast<std::size_t>((before + samples_.interval() - 1) / samples_.interval());
  const std::size_t last = std::min(samples_.last_until(end), samples_.instants() - 1);
  RangeVector result;
  for (const std::size_t series : what.series) {
    std::vector<Point> points = samples_.points(series, first, last);
    if (!points.empty()) {
      result.push_back({samples_.labels(series), std::move(points)});
    }
  }
  return result;
}

Expected<InstantVector> Evaluator::select_recorded(const Node& node, Selected& what, std::size_t evaluation) {
  InstantVector result;
  for (Rule* const rule : what.rules) {
    const Expected<const InstantVector*> values = value_of_rule(*rule, evaluation);
    if (!values) {
      return values.error();
    }
    for (const Element& element : **values) {
      if (what.admits(node.selector, element.labels)) {
        result.push_back(element);
      }
    }
  }
  return result;
}

StepHistory& Evaluator::history_of(const Node& node) {
  StepHistory& history = histories_[&node];
  if (reads_alerts(node)) {
    history = {};
  }
  return history;
}

Expected<RangeVector> Evaluator::subquery(const Node& node, Time end) {
  const Time step = node.has_step ? milliseconds(node.step) : subquery_step_;
  const Time start = end - milliseconds(node.range);
  Time time = start / step * step;
  time += time < start ? step : 0;
  if (needs_samples(*node.children[0]) && time < samples_.start()) {
    time += (samples_.start() - time + step - 1) / step * step;
  }
  return history_of(node).range(time, end, step, [&](Time at) { return evaluate_vector(*node.children[0], at); });
}

Expected<const InstantVector*> Evaluator::value_of_rule(Rule& rule, std::size_t evaluation) {
  if (rule.rule == nullptr) {
    static const InstantVector kNone;
    return evaluation < rule.values.size() ? rule.values[evaluation].get() : &kNone;
  }
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
  Expected<InstantVector> computed = compute_rule(rule, rule_time(evaluation));
  rule.evaluating = false;
  if (!computed) {
    return computed.error();
  }
  rule.values[evaluation] = std::make_unique<InstantVector>(std::move(*computed));
  return rule.values[evaluation].get();
}

Expected<InstantVector> Evaluator::evaluate_vector(const Node& node, Time at) {
  Expected<Value> value = evaluate(node, at);
  if (!value) {
    return value.error();
  }
  if (value->type == promql::ValueType::kScalar) {
    value->vector.push_back({sets_.intern({}), value->scalar});
  }
  return std::move(value->vector);
}

Expected<InstantVector> Evaluator::evaluate_rule(std::string_view expr, Time at) {
  const Expected<const Node*> tree = prepare(expr);
  return tree ? evaluate_vector(**tree, at) : tree.error();
}

Expected<InstantVector> Evaluator::compute_rule(Rule& rule, Time at) {
  Expected<InstantVector> result = evaluate_rule(rule.rule->expr, at);
  if (!result) {
    return result;
  }
  for (Element& element : *result) {
    const auto [known, added] = rule.labelled.try_emplace(element.labels);
    if (added) {
      LabelSet labels = *element.labels;
      set_label(labels, kMetricName, rule.name);
      for (const auto& [name, text] : rule.rule->set_labels) {
        set_label(labels, name, text);
      }
      known->second = sets_.intern(std::move(labels));
    }
    element.labels = known->second;
  }
  return result;
}

}  // namespace leeway::evaluation
