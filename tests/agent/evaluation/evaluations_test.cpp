// The evaluator against Prometheus: evaluations.txt and alerts.txt of tests/data/promql, whose values
// tests/deploy/promql_evaluation_test.py holds to promtool.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "agent/core/units.h"
#include "agent/evaluation/alert_states.h"
#include "agent/evaluation/evaluator.h"
#include "agent/promql/selector.h"

namespace leeway::evaluation {
namespace {

LabelSet read_labels(const std::string& text) {
  const Expected<Selector> selector = parse_selector(text);
  LabelSet labels;
  EXPECT_TRUE(selector) << text;
  set_label(labels, kMetricName, selector->metric);
  for (const LabelMatcher& matcher : selector->matchers) {
    set_label(labels, matcher.label, matcher.value);
  }
  return labels;
}

// "1 2+3x4 _x5": 1, then 2, 5, 8, 11 and 14, then five instants without a sample.
std::vector<double> read_values(const std::string& text) {
  std::vector<double> values;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::size_t times = word.find('x');
    const int count = times == word.npos ? 0 : std::stoi(word.substr(times + 1));
    if (word.front() == '_') {
      values.insert(values.end(), static_cast<std::size_t>(count), no_sample());
      continue;
    }
    const std::string numbers = word.substr(0, times);
    std::size_t length = 0;
    const double first = std::stod(numbers, &length);
    const double step = length < numbers.size() ? std::stod(numbers.substr(length)) : 0;
    for (int i = 0; i <= count; ++i) {
      values.push_back(first + i * step);
    }
  }
  return values;
}

Time read_time(const std::string& text) {
  const Expected<Duration> time = parse_duration(text);
  EXPECT_TRUE(time) << text;
  return *time / std::chrono::milliseconds(1);
}

std::string written(const LabelSet& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += (text.empty() ? "" : ", ") + name + "=" + quote_promql(value);
  }
  return "{" + text + "}";
}

struct Evaluation {
  std::string at;
  std::string expr;
  std::map<std::string, double> values{};
};

struct File {
  LabelSets sets;
  SampleStore samples{sets, 15 * kSecond};
  std::vector<RecordingRule> rules;
  std::vector<AlertRule> alerts;
  std::vector<Evaluation> evaluations;
};

void read_rule(const std::string& line, File& file) {
  const std::size_t braces = line.find('{');
  const bool labelled = braces < line.find(' ');
  const std::size_t end = labelled ? line.find('}') + 1 : line.find(' ');
  RecordingRule rule;
  rule.name = line.substr(0, labelled ? braces : end);
  rule.expr = line.substr(end + 1);
  if (labelled) {
    for (const auto& [name, value] : read_labels(line.substr(0, end))) {
      if (name != kMetricName) {
        rule.set_labels.emplace_back(name, value);
      }
    }
  }
  file.rules.push_back(std::move(rule));
}

Duration read_duration(const std::string& text) {
  const Expected<Duration> time = parse_duration(text);
  EXPECT_TRUE(time || text == "0s") << text;
  return time ? *time : Duration{};
}

// `NAME{LABELS} for=2m keep=0s EXPR`
void read_alert(const std::string& line, File& file) {
  const std::size_t hold = line.find("} for=") + 2;
  const std::size_t keep = line.find(" keep=", hold);
  const std::size_t expr = line.find(' ', keep + 1);
  AlertRule alert;
  alert.hold = read_duration(line.substr(hold + 4, keep - hold - 4));
  alert.keep_firing_for = read_duration(line.substr(keep + 6, expr - keep - 6));
  alert.expr = line.substr(expr + 1);
  for (const auto& [name, value] : read_labels(line.substr(0, hold - 1))) {
    if (name == kMetricName) {
      alert.name = value;
    } else if (name == "severity") {
      alert.severity = value == "critical"  ? Severity::kCritical
                       : value == "warning" ? Severity::kWarning
                                            : Severity::kInfo;
    } else {
      alert.labels.emplace_back(name, value);
    }
  }
  file.alerts.push_back(std::move(alert));
}

void fill(const std::vector<std::pair<LabelSet, std::vector<double>>>& series, SampleStore& samples) {
  std::size_t longest = 0;
  for (const auto& [labels, values] : series) {
    longest = std::max(longest, values.size());
  }
  for (std::size_t i = 0; i < longest; ++i) {
    samples.begin(static_cast<Time>(i) * samples.interval());
    for (const auto& [labels, values] : series) {
      if (i < values.size() && is_sample(values[i])) {
        samples.set(samples.series(labels), values[i]);
      }
    }
  }
}

void read_file(const std::string& name, File& file) {
  std::ifstream in(LEEWAY_SOURCE_DIR "/tests/data/promql/" + name);
  std::vector<std::pair<LabelSet, std::vector<double>>> series;
  for (std::string line; std::getline(in, line);) {
    const std::string rest = line.substr(line.find(' ') + 1);
    if (line.starts_with("series ")) {
      const std::size_t end = rest.rfind('}') + 1;
      series.emplace_back(read_labels(rest.substr(0, end)), read_values(rest.substr(end)));
    } else if (line.starts_with("record ")) {
      read_rule(rest, file);
    } else if (line.starts_with("alert ")) {
      read_alert(rest, file);
    } else if (line.starts_with("eval ")) {
      const std::size_t space = rest.find(' ');
      file.evaluations.push_back({rest.substr(0, space), rest.substr(space + 1)});
    } else if (line.starts_with("  ")) {
      const std::size_t space = line.rfind(' ');
      file.evaluations.back().values[line.substr(2, space - 2)] = std::stod(line.substr(space + 1));
    }
  }
  fill(series, file.samples);
}

bool agrees(double ours, double theirs) {
  constexpr double kTolerance = 1e-9;
  if (std::isnan(ours) || std::isnan(theirs)) {
    return std::isnan(ours) && std::isnan(theirs);
  }
  return ours == theirs || std::abs(ours - theirs) <= kTolerance * std::max(std::abs(ours), std::abs(theirs));
}

void expect_values_of_file(const std::string& name, std::size_t least) {
  File file;
  read_file(name, file);
  ASSERT_GT(file.evaluations.size(), least);
  Evaluator evaluator(file.samples, file.sets, file.rules, {});
  EXPECT_EQ(evaluate_alerts(file.alerts, evaluator, file.sets).problems, std::vector<std::string>());
  for (const Evaluation& evaluation : file.evaluations) {
    SCOPED_TRACE(evaluation.at + " " + evaluation.expr);
    const Expected<const promql::Node*> tree = evaluator.prepare(evaluation.expr);
    ASSERT_TRUE(tree) << tree.error().message;
    const Expected<Value> value = evaluator.evaluate(**tree, read_time(evaluation.at));
    ASSERT_TRUE(value) << value.error().message;
    std::map<std::string, double> rest = evaluation.values;
    for (const Element& element : value->vector) {
      const auto expected = rest.find(written(*element.labels));
      if (expected == rest.end()) {
        ADD_FAILURE() << "unexpected " << written(*element.labels) << " " << element.value;
        continue;
      }
      EXPECT_TRUE(agrees(element.value, expected->second))
          << expected->first << " is " << element.value << ", not " << expected->second;
      rest.erase(expected);
    }
    for (const auto& [labels, missing] : rest) {
      ADD_FAILURE() << "missing " << labels << " " << missing;
    }
  }
}

TEST(Evaluations, HaveTheValuesOfPrometheus) { expect_values_of_file("evaluations.txt", 150); }

TEST(Evaluations, HaveTheAlertsOfPrometheus) { expect_values_of_file("alerts.txt", 60); }

}  // namespace
}  // namespace leeway::evaluation
