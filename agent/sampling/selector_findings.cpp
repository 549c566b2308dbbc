#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "agent/core/ascii.h"
#include "agent/core/number_text.h"
#include "agent/core/private_text.h"
#include "agent/promql/promql_parser.h"
#include "agent/promql/promql_regex.h"
#include "agent/sampling/findings.h"

namespace leeway {
namespace {

using Texts = std::set<std::string>;

// A text of the configuration that may be PromQL, and the entry that it is of.
struct Query {
  std::string title;
  const std::string& text;
  Position position;
};

void collect_queries(const ConfigValue& value, const std::string& title, std::vector<Query>& out) {
  if (const auto* const text = value.get_if<std::string>()) {
    out.push_back({title, *text, value.position()});
  } else if (const auto* const array = value.get_if<ConfigArray>()) {
    for (const ConfigValue& each : *array) {
      collect_queries(each, title, out);
    }
  } else if (const auto* const table = value.get_if<ConfigTable>()) {
    for (const auto& [key, each] : table->entries()) {
      // Series of a test are examples.
      if (key != "test") {
        collect_queries(each, title, out);
      }
    }
  }
}

std::vector<Query> queries_of(const ConfigTable& config) {
  std::vector<Query> queries;
  for (const char* const section : {"alert", "panel"}) {
    const ConfigValue* const entries = config.find(section);
    const auto* const list = entries == nullptr ? nullptr : entries->get_if<ConfigArray>();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const ConfigTable& table = *(*list)[i].get_if<ConfigTable>();
      const ConfigValue* const name = table.find("name") != nullptr ? table.find("name") : table.find("title");
      const auto* const text = name == nullptr ? nullptr : name->get_if<std::string>();
      collect_queries((*list)[i], fmt::format("[[{}]] '{}'", section, text == nullptr ? "" : *text), queries);
    }
  }
  return queries;
}

void collect_selectors(const promql::Node& node, std::vector<Selector>& out) {
  if (node.kind == promql::NodeKind::kSelector && !node.selector.matchers.empty()) {
    out.push_back(node.selector);
  }
  for (const auto& child : node.children) {
    collect_selectors(*child, out);
  }
}

// The family of a configured metric, also of a series of a histogram; null for others.
const MetricFamily* family_of(const DataSample& sample, const std::string& name) {
  for (const MetricDesc& desc : sample.catalog().metrics.metrics().first(sample.catalog().configured_metrics)) {
    const bool own = desc.name == name ||
                     (desc.type == MetricType::kHistogram &&
                      (name == desc.name + "_bucket" || name == desc.name + "_count" || name == desc.name + "_sum"));
    if (!own) {
      continue;
    }
    const auto& families = sample.snapshot().families();
    const auto found = std::find_if(families.begin(), families.end(),
                                    [&](const MetricFamily& family) { return family.desc.name == desc.name; });
    return found == families.end() ? nullptr : &*found;
  }
  return nullptr;
}

Texts values_of(const MetricFamily& family, const std::string& label) {
  Texts values;
  for (const Sample& sample : family.samples) {
    for (const auto& [name, value] : sample.labels.pairs()) {
      if (name == label) {
        values.emplace(value);
      }
    }
  }
  return values;
}

// The expression of the label of a [[metric]]; null for other entries.
const ExpressionFacts* expression_of(const DataSample& sample, const std::string& metric, const std::string& label) {
  for (const SampledSource& sampled : sample.sources()) {
    for (std::size_t i = 0; sampled.sample != nullptr && i < sampled.sample->expressions().size(); ++i) {
      const ExpressionFacts& facts = sampled.sample->expressions()[i];
      if (facts.is_label() && facts.place.back() == label && facts.use.what == "[[metric]] '" + metric + "'") {
        return &facts;
      }
    }
  }
  return nullptr;
}

// All values that it can have, if they are known; else empty.
Texts known_results(const ExpressionPart& part) {
  if (part.kind == OutlineKind::kConstant && part.constant == ValueKind::kString) {
    return {part.text.substr(1, part.text.size() - 2)};
  }
  if (part.kind == OutlineKind::kComparison || part.kind == OutlineKind::kTest) {
    return {"true", "false"};
  }
  if (part.text == "status_class") {
    return {"1xx", "2xx", "3xx", "4xx", "5xx", "none"};
  }
  if (part.text == "level") {
    return {"trace", "debug", "info", "warning", "error", "fatal"};
  }
  const bool chooses = part.kind == OutlineKind::kOther && part.text == "? :" && part.parts.size() == 3;
  Texts first = chooses ? known_results(part.parts[1]) : Texts();
  Texts second = chooses ? known_results(part.parts[2]) : Texts();
  if (first.empty() || second.empty()) {
    return {};
  }
  first.merge(second);
  return first;
}

// "\"200\", \"404\", ...".
std::string list_of(const Texts& values) {
  constexpr std::size_t kShown = 8;
  std::string list;
  std::size_t count = 0;
  for (const std::string& value : values) {
    if (++count > kShown) {
      return list + ", ...";
    }
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", hide_private(value));
  }
  return list;
}

bool any_matches(const LabelMatcher& matcher, const Texts& values) {
  return std::any_of(values.begin(), values.end(),
                     [&](const std::string& value) { return promql::matches(matcher, value); });
}

// Why the matcher never matches, whatever records come; "" if that is not known.
std::string certainty(const DataSample& sample, const MetricFamily& family, const LabelMatcher& matcher,
                      const Texts& seen) {
  const auto same = std::find_if(seen.begin(), seen.end(), [&](const std::string& value) {
    return matcher.op == "=" && lower_case(value) == lower_case(matcher.value);
  });
  if (same != seen.end()) {
    return fmt::format("; expected \"{}\"", hide_private(*same));
  }
  const ExpressionFacts* const facts = expression_of(sample, family.desc.name, matcher.label);
  const bool mapped = facts == nullptr ||
                      value_at(sample.config(), {facts->place[0], facts->place[1], "map", matcher.label}) != nullptr;
  if (mapped) {
    return "";
  }
  const Texts known = known_results(facts->outline);
  if (!known.empty() && !any_matches(matcher, known)) {
    return fmt::format("; `{}` gives only {}", facts->use.text, list_of(known));
  }
  const SampledValues& results = facts->results;
  const bool numbers = facts->outline.kind == OutlineKind::kField && results.numbers() != 0 &&
                       results.numbers() == results.present() - results.of(ValueKind::kNull);
  return numbers && matcher.op == "=" && !read_double(matcher.value) ? "; it is a number" : "";
}

void add_selector(const DataSample& sample, const Query& query, const Selector& selector, std::vector<Finding>& out) {
  const MetricFamily* const family = family_of(sample, selector.metric);
  if (family == nullptr || family->samples.empty()) {
    return;
  }
  for (const LabelMatcher& matcher : selector.matchers) {
    const std::vector<std::string>& names = family->desc.label_names;
    const bool own = std::find(names.begin(), names.end(), matcher.label) != names.end();
    const bool selects =
        (matcher.op == "=" && !matcher.value.empty()) ||
        (matcher.op == "=~" && !promql::matches_empty(matcher) && !promql::has_variable(matcher.value));
    const Texts seen = own && selects ? values_of(*family, matcher.label) : Texts();
    if (seen.empty() || any_matches(matcher, seen)) {
      continue;
    }
    const std::string why = certainty(sample, *family, matcher, seen);
    out.push_back(
        {why.empty() ? Weight::kNote : Weight::kWarning, query.position,
         fmt::format("{}: no series of the sample has {}{}\"{}\": `{}` of {} is {}{}", query.title, matcher.label,
                     matcher.op, matcher.value, matcher.label, family->desc.name, list_of(seen), why)});
  }
}

}  // namespace

void add_selector_findings(const DataSample& sample, std::vector<Finding>& out) {
  for (const Query& query : queries_of(sample.config())) {
    const auto parsed = promql::parse(query.text);
    std::vector<Selector> selectors;
    if (parsed) {
      collect_selectors(**parsed, selectors);
    }
    for (const Selector& selector : selectors) {
      add_selector(sample, query, selector, out);
    }
  }
}

}  // namespace leeway
