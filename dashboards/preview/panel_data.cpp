#include "dashboards/preview/panel_data.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "agent/core/ascii.h"
#include "agent/promql/promql_regex.h"

namespace leeway::preview {
namespace {

using evaluation::Element;
using evaluation::Evaluator;
using evaluation::Labels;
using evaluation::no_sample;
using evaluation::Time;

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

// `{a="b"}`: where the panel gives no legend.
std::string all_labels(const evaluation::LabelSet& labels) {
  std::string name;
  std::string rest;
  for (const auto& [label, value] : labels) {
    if (label == evaluation::kMetricName) {
      name = value;
    } else {
      rest += (rest.empty() ? "" : ", ") + label + "=\"" + value + "\"";
    }
  }
  return rest.empty() ? name : name + "{" + rest + "}";
}

// "{{endpoint}} {{status}}" with the labels of a series.
std::string legend_of(std::string_view pattern, const evaluation::LabelSet& labels) {
  if (pattern.empty()) {
    return all_labels(labels);
  }
  std::string out;
  while (!pattern.empty()) {
    const std::size_t open = pattern.find("{{");
    const std::size_t close = open == pattern.npos ? pattern.npos : pattern.find("}}", open);
    if (close == pattern.npos) {
      break;
    }
    std::string_view name = pattern.substr(open + 2, close - open - 2);
    while (name.starts_with(' ')) {
      name.remove_prefix(1);
    }
    while (name.ends_with(' ')) {
      name.remove_suffix(1);
    }
    out += pattern.substr(0, open);
    out += evaluation::label_value(labels, name);
    pattern.remove_prefix(close + 2);
  }
  out += pattern;
  return out;
}

// The value of a matcher that holds a variable which was not filled in, or "".
std::string variable_in(const promql::Node& node) {
  for (const LabelMatcher& matcher : node.selector.matchers) {
    if (promql::has_variable(matcher.value)) {
      return matcher.value;
    }
  }
  for (const std::unique_ptr<promql::Node>& child : node.children) {
    if (std::string found = variable_in(*child); !found.empty()) {
      return found;
    }
  }
  return "";
}

// Evaluates one query into `data`; what is wrong with it, or "".
std::string evaluate_query(const PanelQuery& query, std::size_t index, Evaluator& evaluator, PanelData& data) {
  const PreviewRange& range = data.range;
  const Expected<const promql::Node*> tree = evaluator.prepare(fill_in(query.expr, range));
  if (!tree) {
    return tree.error().message;
  }
  if (const std::string variable = variable_in(**tree); !variable.empty()) {
    return "variable in '" + variable + "'";
  }
  std::unordered_map<Labels, std::size_t> known;
  const std::size_t steps = range.steps();
  for (std::size_t step = query.instant ? steps - 1 : 0; step < steps; ++step) {
    Expected<evaluation::Value> value = evaluator.evaluate(**tree, range.time(step));
    if (!value) {
      return value.error().message;
    }
    if (value->type == promql::ValueType::kScalar) {
      value->vector.push_back({nullptr, value->scalar});
    }
    for (const Element& element : value->vector) {
      const auto [at, added] = known.try_emplace(element.labels, data.series.size());
      if (added) {
        const evaluation::LabelSet none;
        const evaluation::LabelSet& labels = element.labels == nullptr ? none : *element.labels;
        data.series.push_back(
            {legend_of(query.legend, labels), element.labels, index, std::vector<double>(steps, no_sample())});
      }
      data.series[at->second].values[step] = element.value;
    }
  }
  return "";
}

}  // namespace

PreviewRange preview_range(const evaluation::SampleStore& samples, std::size_t most, Duration scrape_interval) {
  PreviewRange range;
  const std::size_t stride = (samples.instants() + most - 1) / most;
  range.step = static_cast<Time>(std::max<std::size_t>(1, stride)) * samples.interval();
  range.end = samples.end();
  range.start = range.end - (range.end - samples.start()) / range.step * range.step;
  range.rate_interval = std::max<Time>(4 * (scrape_interval / std::chrono::milliseconds(1)), range.step);
  return range;
}

std::string fill_in(std::string_view expr, const PreviewRange& range) {
  const std::string rate_interval = std::to_string(range.rate_interval) + "ms";
  const std::string interval = std::to_string(range.step) + "ms";
  const std::string whole = std::to_string(std::max(range.step, range.end - range.start)) + "ms";
  const std::array<std::pair<std::string, std::string>, 5> variables = {{{"__rate_interval", rate_interval},
                                                                         {"__interval", interval},
                                                                         {"__range", whole},
                                                                         {"job", ".+"},
                                                                         {"instance", ".+"}}};
  std::string text(expr);
  for (const auto& [name, value] : variables) {
    replace_all(text, "${" + name + "}", value);
    replace_all(text, "${" + name + ":regex}", value);
    // Others begin with the same letters, such as $__range_s.
    std::size_t at = 0;
    while ((at = text.find("$" + name, at)) != std::string::npos) {
      const std::size_t end = at + name.size() + 1;
      const bool longer = end < text.size() && (is_letter(text[end]) || is_digit(text[end]) || text[end] == '_');
      if (!longer) {
        text.replace(at, end - at, value);
      }
      ++at;
    }
  }
  return text;
}

PanelData panel_data(const Panel& panel, Evaluator& evaluator, const PreviewRange& range) {
  PanelData data;
  data.range = range;
  for (std::size_t i = 0; i < panel.queries.size(); ++i) {
    if (const std::string problem = evaluate_query(panel.queries[i], i, evaluator, data); !problem.empty()) {
      data.reason = "Not drawn: " + problem + ".";
      data.series.clear();
      return data;
    }
  }
  if (panel.queries.empty()) {
    data.reason = "Not drawn: the panel has no query.";
  } else if (data.series.empty()) {
    data.reason = panel.no_value.empty() ? "No data in this replay." : panel.no_value;
  }
  return data;
}

}  // namespace leeway::preview
