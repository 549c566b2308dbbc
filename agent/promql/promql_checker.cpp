#include "agent/promql/promql_checker.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/core/nearest_word.h"
#include "agent/core/units.h"
#include "agent/promql/promql_regex.h"

namespace leeway::promql {
namespace {

// Enough to act on.
constexpr std::size_t kMostProblems = 50;

using Words = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view word, Words words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool compares_samples(std::string_view function) {
  return is_one_of(function, {"rate", "irate", "increase", "delta", "idelta", "deriv", "resets", "changes",
                              "predict_linear", "holt_winters"});
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

const Node& last_argument(const Node& node) { return *node.children.back(); }

// The argument whose series a call returns, or null: vector(1), time().
const Node* vector_argument(const Node& call) {
  for (const std::unique_ptr<Node>& child : call.children) {
    if (child->type == ValueType::kInstant || child->type == ValueType::kRange) {
      return child.get();
    }
  }
  return nullptr;
}

// Those that absent() knows: of equality matchers.
Labels matched_labels(const Node& argument) {
  Labels labels;
  if (argument.kind == NodeKind::kSelector) {
    for (const LabelMatcher& matcher : argument.selector.matchers) {
      if (matcher.op == "=" && matcher.label != "__name__") {
        labels.add(matcher.label);
      }
    }
  }
  return labels;
}

}  // namespace

void Checker::problem(std::size_t offset, std::string message) {
  const auto same = [&](const PromqlProblem& other) { return other.offset == offset && other.message == message; };
  const bool known = std::any_of(report_.problems.begin(), report_.problems.end(), same);
  if (!known && report_.problems.size() < kMostProblems) {
    report_.problems.push_back({offset, std::move(message)});
  }
}

Labels Checker::check(const Node& node, Use use) {
  switch (node.kind) {
    case NodeKind::kNumber:
    case NodeKind::kString:
      return {};
    case NodeKind::kSelector:
      return check_selector(node, use);
    case NodeKind::kSubquery:
    case NodeKind::kParentheses:
    case NodeKind::kUnary:
      return check(*node.children[0], use);
    case NodeKind::kBinary:
      return check_binary(node, use);
    case NodeKind::kAggregation:
      return check_aggregation(node, use);
    case NodeKind::kCall:
      return check_call(node);
  }
  return {};
}

Labels Checker::check_selector(const Node& node, Use use) {
  Series series = find_series(node.selector, catalog_);
  const bool named = series.kind != Series::Kind::kUnknown && series.kind != Series::Kind::kUnnamed;
  if (named && std::find(report_.metrics.begin(), report_.metrics.end(), series.metric) == report_.metrics.end()) {
    report_.metrics.push_back(series.metric);
  }
  check_use(node, series, use);
  check_matchers(node, series);
  return std::move(series.labels);
}

void Checker::check_use(const Node& node, const Series& series, Use use) {
  const std::string name = quoted(series.name);
  switch (series.kind) {
    case Series::Kind::kUnknown:
      problem(node.offset, "unknown metric " + name + nearest_series(series.name, catalog_));
      break;
    case Series::Kind::kHistogram:
      problem(node.offset, "histogram " + name + " has no series of its own; name its _bucket, _sum or _count");
      break;
    case Series::Kind::kNoSum:
      problem(node.offset, "histogram " + quoted(series.metric) +
                               " has a bound below 0, so no _sum, and in OpenMetrics no _count; its count is the "
                               "bucket le=\"+Inf\"");
      break;
    case Series::Kind::kCounter:
      if (use.kind == Use::Kind::kValue) {
        problem(node.offset, "counter " + name + " is used as a plain value, which depends on restarts; " +
                                 "take its rate() or increase()");
      } else if (use.kind == Use::Kind::kSlope) {
        problem(node.offset, std::string(use.function) + "() of counter " + name +
                                 " mistakes restarts for decreases; use rate() or increase()");
      }
      break;
    case Series::Kind::kGauge:
      if (use.kind == Use::Kind::kRate) {
        problem(node.offset, std::string(use.function) + "() of gauge " + name +
                                 " mistakes decreases for restarts; use deriv() or delta()");
      }
      break;
    case Series::Kind::kUnnamed:
    case Series::Kind::kRecorded:
      break;
  }
}

void Checker::check_matchers(const Node& node, const Series& series) {
  for (std::size_t i = 0; i < node.selector.matchers.size(); ++i) {
    const LabelMatcher& matcher = node.selector.matchers[i];
    const std::size_t offset = node.matcher_offsets[i];
    if (matcher.label != "__name__" && !series.labels.contains(matcher.label)) {
      const std::vector<std::string> known(series.labels.known().begin(), series.labels.known().end());
      problem(offset, quoted(series.name) + " has no label " + quoted(matcher.label) +
                          label_advice(matcher.label, known, known));
    }
    if (matcher.op == "=~" || matcher.op == "!~") {
      check_pattern(matcher, offset);
    }
  }
}

void Checker::check_pattern(const LabelMatcher& matcher, std::size_t offset) {
  const std::string written = matcher.label + matcher.op + quote_promql(matcher.value);
  if (has_variable(matcher.value)) {
    return;
  }
  if (has_anchor(matcher.value)) {
    problem(offset, written + " is anchored without ^ and $; leave them out");
  } else if (!has_metacharacter(matcher.value)) {
    problem(offset, written + " is not a pattern; write " + (matcher.op == "=~" ? "=" : "!="));
  }
}

bool Checker::is_zero(const Node& node) { return node.kind == NodeKind::kNumber && node.number == 0; }

Labels Checker::check_binary(const Node& node, Use use) {
  const Node& left = *node.children[0];
  const Node& right = *node.children[1];
  // Only the labels of a set operator's right side matter; its left side is passed on.
  const bool set = is_set_operator(node.text);
  const Use presence{Use::Kind::kPresence, {}};
  const bool passes = use.kind == Use::Kind::kReported || (set && use.kind == Use::Kind::kPresence);
  const Use kept = passes ? use
                   : is_comparison(node.text) && (is_zero(left) || is_zero(right))
                       ? presence  // whether it ever counted
                       : Use{};
  Labels left_labels = check(left, kept);
  Labels right_labels = check(right, set && node.text != "or" ? presence : kept);
  const Matching& matching = node.matching;
  Labels both = left_labels;
  both.add(right_labels);
  if (matching.keeps) {
    check_labels(matching.labels, matching.label_offsets, both);
  } else {
    Labels possible = both;
    possible.add(target_labels(catalog_.settings));
    check_labels(matching.labels, matching.label_offsets, possible);
  }
  check_labels(matching.include, matching.include_offsets, matching.group == "group_left" ? right_labels : left_labels);
  if (node.text == "or") {
    return both;
  }
  if (set) {
    return left_labels;
  }
  if (left.type == ValueType::kScalar || matching.group == "group_right") {
    std::swap(left_labels, right_labels);
  }
  if (!matching.group.empty()) {
    for (const std::string& label : matching.include) {
      left_labels.add(label);
    }
  } else if (matching.keeps) {
    left_labels.keep(matching.labels);
  } else {
    for (const std::string& label : matching.labels) {
      left_labels.remove(label);
    }
  }
  return left_labels;
}

Labels Checker::check_aggregation(const Node& node, Use use) {
  const bool counts = node.text == "count" || node.text == "group";
  const Use::Kind kind = use.kind == Use::Kind::kReported ? use.kind
                         : counts                         ? Use::Kind::kPresence
                                                          : Use::Kind::kValue;
  for (std::size_t i = 0; i + 1 < node.children.size(); ++i) {
    check(*node.children[i], {});
  }
  Labels labels = check(last_argument(node), {kind, {}});
  const Matching& grouping = node.matching;
  Labels possible = labels;
  if (!grouping.keeps) {
    possible.add(target_labels(catalog_.settings));
  }
  check_labels(grouping.labels, grouping.label_offsets, possible);
  if (node.text == "topk" || node.text == "bottomk") {
    return labels;
  }
  if (!grouping.given || grouping.keeps) {
    labels.keep(grouping.labels);
  } else {
    for (const std::string& label : grouping.labels) {
      labels.remove(label);
    }
  }
  if (node.text == "count_values") {
    labels.add(without_parentheses(*node.children[0]).text);
  }
  return labels;
}

void Checker::check_labels(const std::vector<std::string>& labels, const std::vector<std::size_t>& offsets,
                           const Labels& known) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!known.contains(labels[i])) {
      const std::vector<std::string> candidates(known.known().begin(), known.known().end());
      problem(offsets[i],
              "no series has the label " + quoted(labels[i]) + " here" + did_you_mean(labels[i], candidates));
    }
  }
}

Checker::Use Checker::use_of_argument(const Node& call) {
  if (is_one_of(call.text, {"absent", "absent_over_time", "present_over_time", "count_over_time", "changes", "resets",
                            "timestamp"})) {
    return {Use::Kind::kPresence, {}};
  }
  if (is_one_of(call.text, {"delta", "idelta", "deriv", "predict_linear", "holt_winters"})) {
    return {Use::Kind::kSlope, call.text};
  }
  if (!is_one_of(call.text, {"rate", "irate", "increase"})) {
    return {};
  }
  const Node& argument = without_parentheses(*call.children[0]);
  if (argument.kind == NodeKind::kSubquery) {
    const Node& inner = without_parentheses(*argument.children[0]);
    if (inner.kind != NodeKind::kSelector) {
      const std::string of =
          inner.kind == NodeKind::kAggregation || inner.kind == NodeKind::kCall ? inner.text + "()" : "an operation";
      problem(call.offset,
              call.text + "() of " + of + " cannot detect restarts; take " + call.text + "() of each counter first");
      return {Use::Kind::kReported, {}};
    }
  }
  return {Use::Kind::kRate, call.text};
}

void Checker::check_range(const Node& call) {
  const Node& argument = without_parentheses(*call.children[0]);
  const Duration least = 2 * catalog_.settings.scrape_interval;
  if (compares_samples(call.text) && argument.range > Duration{} && argument.range < least) {
    problem(argument.offset, call.text + "() over " + format_duration(argument.range) + " may see a single sample; " +
                                 "take at least two scrape intervals, " + format_duration(least));
  }
}

Labels Checker::check_call(const Node& node) {
  const Node* vector = vector_argument(node);
  for (const std::unique_ptr<Node>& child : node.children) {
    if (child.get() != vector) {
      check(*child, {});
    }
  }
  if (vector == nullptr) {
    return {};
  }
  check_range(node);
  Labels labels = check(*vector, use_of_argument(node));
  if (node.text == "histogram_quantile") {
    if (!labels.contains("le")) {
      problem(vector->offset,
              "histogram_quantile() needs the label 'le'; keep it, as in sum by (le) (rate(x_bucket[5m]))");
    }
    labels.remove("le");
  } else if (node.text == "label_replace" || node.text == "label_join") {
    labels.add(without_parentheses(*node.children[1]).text);
  } else if (node.type == ValueType::kScalar) {
    return {};
  } else if (is_one_of(node.text, {"absent", "absent_over_time"})) {
    return matched_labels(without_parentheses(*vector));
  }
  return labels;
}

}  // namespace leeway::promql
