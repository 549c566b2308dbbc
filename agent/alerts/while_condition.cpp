#include "agent/alerts/while_condition.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/reachable.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/number_text.h"

namespace leeway {
namespace {

struct Comparison {
  Selector selector;
  std::string op;
  double limit = 0;
};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  const std::size_t last = text.find_last_not_of(" \t\n");
  return first == std::string_view::npos ? "" : std::string(text.substr(first, last - first + 1));
}

// The comparison is after the last brace; otherwise matchers would be mistaken for it.
std::optional<Comparison> parse_comparison(const std::string& text) {
  const std::size_t brace = text.rfind('}');
  const std::size_t at = text.find_first_of("<>=!", brace == std::string::npos ? 0 : brace);
  if (at == std::string::npos) {
    return std::nullopt;
  }
  std::size_t end = text.find_first_not_of("<>=!", at);
  end = end == std::string::npos ? text.size() : end;
  const std::string op = text.substr(at, end - at);
  constexpr std::array<std::string_view, 6> kOps = {">", ">=", "<", "<=", "==", "!="};
  Expected<Selector> selector = parse_selector(trimmed(text.substr(0, at)));
  const std::string number = trimmed(text.substr(end));
  double limit = 0;
  const std::from_chars_result parsed = std::from_chars(number.data(), number.data() + number.size(), limit);
  if (!selector || std::find(kOps.begin(), kOps.end(), op) == kOps.end() || number.empty() ||
      parsed.ec != std::errc() || parsed.ptr != number.data() + number.size()) {
    return std::nullopt;
  }
  return Comparison{*selector, op, limit};
}

// Whether it can hold. With "or equal", also at the end of the metric's range.
void check_holds(TableReader& reader, const Comparison& comparison, const MetricDesc& desc) {
  if (comparison.op == "<" || comparison.op == ">") {
    check_reachable(reader, "while", comparison.limit, comparison.op == "<", desc);
  } else if (comparison.op == "<=" || comparison.op == ">=") {
    check_side(reader, "while", comparison.limit, comparison.op == "<=", desc);
  }
}

double value_for(const Comparison& comparison, bool holds) {
  const bool above = comparison.op[0] == '>' || comparison.op == "!=";
  const bool strict_equal = comparison.op == "==";
  if (strict_equal) {
    return holds ? comparison.limit : comparison.limit + 1;
  }
  if (comparison.op == "!=") {
    return holds ? comparison.limit + 1 : comparison.limit;
  }
  return above == holds ? comparison.limit + 1 : comparison.limit - 1;
}

std::string indented(const std::string& text) {
  std::string result = "  ";
  for (const char c : text) {
    result += c;
    if (c == '\n') {
      result += "  ";
    }
  }
  return result;
}

bool is_input(const std::string& series, const AlertTest& test) {
  return std::any_of(test.input.begin(), test.input.end(),
                     [&series](const InputSeries& input) { return input.series == series; });
}

void add_series(const std::string& series, double value, AlertTest& test) {
  Duration last{};
  for (const AlertExpectation& expectation : test.expectations) {
    last = std::max(last, expectation.at);
  }
  test.input.push_back({series, SampleText().hold(value, static_cast<int>(last / test.interval) + 2).text()});
}

}  // namespace

void apply_while(TableReader& reader, const Catalog& catalog, Condition& condition) {
  const std::optional<std::string> text = reader.string("while");
  if (!text) {
    return;
  }
  const std::optional<Comparison> comparison = parse_comparison(*text);
  if (!comparison) {
    reader.error("while",
                 "'while' is not a comparison; expected a metric, perhaps with matchers, and a number: "
                 "'batch_running{kind=\"daily\"} > 0'");
    return;
  }
  const MetricDesc* desc = catalog.find_metric(comparison->selector.metric);
  if (desc == nullptr || desc->type != MetricType::kGauge) {
    reader.error("while", desc == nullptr ? "no metric is named '" + comparison->selector.metric + "'"
                                          : "'" + comparison->selector.metric + "' is not a gauge");
    return;
  }
  check_labels(reader, "while", comparison->selector, *desc, catalog);
  check_holds(reader, *comparison, *desc);
  if (comparison->selector.to_string() == reader.string("metric").value_or("")) {
    reader.error("while", "'while' is about the series of the alert itself; expected another metric or other labels");
    return;
  }
  condition.expr = "(\n" + indented(condition.expr) + "\n)\nand on ()\n" + comparison->selector.to_string() + " " +
                   comparison->op + " " + number_text(comparison->limit);
  condition.metrics.push_back(comparison->selector.metric);
  const std::optional<RuleLabels> labels = example_labels(comparison->selector, *desc);
  if (condition.tests.empty()) {
    return;
  }
  if (!labels || is_input(series_text(comparison->selector.metric, *labels), condition.tests.front())) {
    condition.tests.clear();  // no series is known that passes, or one value would have to satisfy both
    return;
  }
  const std::string series = series_text(comparison->selector.metric, *labels);
  AlertTest quiet = condition.tests.front();
  quiet.name = "quiet while '" + *text + "' does not hold";
  for (AlertExpectation& expectation : quiet.expectations) {
    expectation.firing.clear();
  }
  add_series(series, value_for(*comparison, false), quiet);
  for (AlertTest& test : condition.tests) {
    add_series(series, value_for(*comparison, true), test);
  }
  condition.tests.push_back(std::move(quiet));
}

}  // namespace leeway
