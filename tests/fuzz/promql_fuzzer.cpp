// Passes text as a PromQL expression through parser, types and catalogue, and through the selector's parser. Problems
// are located in the text, none is without a message, and a selector that was read is read back from its written form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "agent/promql/promql_check.h"
#include "agent/promql/promql_scope.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

constexpr std::size_t kMaxText = 10 * 1024;

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

Catalog make_catalog() {
  Catalog catalog;
  require(catalog.metrics.add({"a_total", MetricType::kCounter, "", {"x", "y"}, {}}).has_value());
  require(catalog.metrics.add({"g", MetricType::kGauge, "", {"x"}, {}}).has_value());
  require(catalog.metrics.add({"h", MetricType::kHistogram, "", {"y"}, {1, 2}}).has_value());
  require(catalog.external.add({"up", MetricType::kGauge, "", {}, {}}).has_value());
  catalog.add_recording_rule({"r:x:sum", "sum(g)", "rules", "", {{"z", "1"}}, {"x"}, {}});
  return catalog;
}

bool same(const Selector& a, const Selector& b) {
  bool equal = a.metric == b.metric && a.matchers.size() == b.matchers.size();
  for (std::size_t i = 0; equal && i < a.matchers.size(); ++i) {
    equal = a.matchers[i].label == b.matchers[i].label && a.matchers[i].op == b.matchers[i].op;
  }
  return equal;
}

void check_selector(std::string_view text) {
  const Expected<Selector> selector = parse_selector(text);
  if (!selector) {
    const Error& error = selector.error();
    require(error.code == ErrorCode::kConfiguration && !error.message.empty());
    require(error.position.column >= 1 && error.position.column <= text.size() + 1);
    return;
  }
  const std::string written = selector->to_string();
  const Expected<Selector> again = parse_selector(written);
  // A second name, as a pattern or twice, can only be read from braces.
  const bool names = written.find("__name__") != std::string::npos;
  require(names || (again && same(*selector, *again) && again->to_string() == written));
}

// A matcher can be inserted into each selector of what parses, and is then in each.
void check_scope(std::string_view text) {
  const std::vector<Selector> before = selectors_of(text);
  const std::string scoped = with_matchers(text, [](const Selector&) { return std::string("z_=\"q\""); });
  const std::vector<Selector> after = selectors_of(scoped);
  require(before.size() == after.size());
  for (const Selector& selector : after) {
    require(!selector.matchers.empty() && selector.matchers.front().label == "z_" &&
            selector.matchers.front().value == "q");
  }
  static_cast<void>(keeps_label(text, "x"));
}

}  // namespace
}  // namespace leeway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leeway;
  if (size > kMaxText) {
    return 0;
  }
  static const Catalog catalog = make_catalog();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const PromqlReport report = check_promql(text, catalog);
  require(report.range >= Duration{});
  for (const PromqlProblem& problem : report.problems) {
    require(problem.offset <= size && !problem.message.empty());
  }
  for (const std::string& metric : report.metrics) {
    require(catalog.find_metric(metric) != nullptr || catalog.find_recording_rule(metric) != nullptr);
  }
  check_selector(text);
  check_scope(text);
  return 0;
}
