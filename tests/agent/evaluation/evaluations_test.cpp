// The evaluator against Prometheus: tests/data/promql/evaluations.txt, whose values
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

void read_file(File& file) {
  std::ifstream in(LEEWAY_SOURCE_DIR "/tests/data/promql/evaluations.txt");
  std::vector<std::pair<LabelSet, std::vector<double>>> series;
  for (std::string line; std::getline(in, line);) {
    const std::string rest = line.substr(line.find(' ') + 1);
    if (line.starts_with("series ")) {
      const std::size_t end = rest.rfind('}') + 1;
      series.emplace_back(read_labels(rest.substr(0, end)), read_values(rest.substr(end)));
    } else if (line.starts_with("record ")) {
      read_rule(rest, file);
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

TEST(Evaluations, HaveTheValuesOfPrometheus) {
  File file;
  read_file(file);
  ASSERT_GT(file.evaluations.size(), 150U);
  Evaluator evaluator(file.samples, file.sets, file.rules, {});
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

}  // namespace
}  // namespace leeway::evaluation
