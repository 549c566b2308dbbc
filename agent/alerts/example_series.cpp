#include "agent/alerts/example_series.h"

#include <algorithm>
#include <array>

#include "agent/promql/promql_regex.h"

namespace leeway {
namespace {

constexpr const char* kJob = "app";
constexpr const char* kInstance = "a";
constexpr const char* kAnyValue = "x";

// A value that the expression may match: its first alternative with classes and repetitions replaced by one member.
std::string guess(std::string_view pattern) {
  static const std::array<std::pair<const char*, const char*>, 9> kPieces = {{{"\\d", "0"},
                                                                              {"\\w", "a"},
                                                                              {"\\.", "."},
                                                                              {"[0-9]", "0"},
                                                                              {"[a-z]", "a"},
                                                                              {".*", "x"},
                                                                              {".+", "x"},
                                                                              {".", "0"},
                                                                              {"+", ""}}};
  std::string value;
  std::size_t at = 0;
  while (at < pattern.size() && pattern[at] != '|') {
    const auto piece = std::find_if(kPieces.begin(), kPieces.end(),
                                    [&](const auto& entry) { return pattern.substr(at).starts_with(entry.first); });
    if (piece != kPieces.end()) {
      value += piece->second;
      at += std::string_view(piece->first).size();
    } else if (pattern[at] == '(' || pattern[at] == ')' || pattern[at] == '^' || pattern[at] == '$') {
      ++at;
    } else {
      value += pattern[at++];
    }
  }
  return value;
}

std::vector<std::string> candidates(const LabelMatcher& matcher) {
  if (matcher.op == "=") {
    return {matcher.value};
  }
  return {kAnyValue, guess(matcher.value), matcher.value, "other", "0", "200", "500", ""};
}

// For a label, values of which the selector may match some: the usual ones, and the alternatives of its expressions.
std::vector<std::string> alternatives(const Selector& selector, const std::string& label) {
  std::vector<std::string> values{kAnyValue, "other", "0", "200"};
  for (const LabelMatcher& matcher : selector.matchers) {
    if (matcher.label != label) {
      continue;
    }
    for (std::size_t at = 0; at != std::string::npos;) {
      const std::size_t end = matcher.value.find('|', at);
      values.push_back(guess(std::string_view(matcher.value).substr(at, end - at)));
      at = end == std::string::npos ? end : end + 1;
    }
  }
  return values;
}

void set_label(RuleLabels& labels, const std::string& name, const std::string& value) {
  for (auto& [key, held] : labels) {
    if (key == name) {
      held = value;
      return;
    }
  }
  labels.emplace_back(name, value);
}

std::string value_of(const RuleLabels& labels, const std::string& name) {
  for (const auto& [key, value] : labels) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

// The first candidate for a matcher's label that all matchers of the selector on it accept.
std::optional<std::string> accepted_value(const Selector& selector, const LabelMatcher& matcher) {
  for (const std::string& value : candidates(matcher)) {
    const bool all = std::all_of(selector.matchers.begin(), selector.matchers.end(), [&](const LabelMatcher& other) {
      return other.label != matcher.label || promql::matches(other, value);
    });
    if (all) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace

bool matches(const Selector& selector, const RuleLabels& labels) {
  return std::all_of(selector.matchers.begin(), selector.matchers.end(), [&labels](const LabelMatcher& matcher) {
    return promql::matches(matcher, value_of(labels, matcher.label));
  });
}

std::optional<RuleLabels> example_labels(const Selector& selector, const MetricDesc& desc) {
  RuleLabels labels{{"instance", kInstance}, {"job", kJob}};
  for (const std::string& name : desc.label_names) {
    set_label(labels, name, kAnyValue);
  }
  for (const LabelMatcher& matcher : selector.matchers) {
    const std::optional<std::string> value = accepted_value(selector, matcher);
    if (!value) {
      return std::nullopt;
    }
    set_label(labels, matcher.label, *value);
  }
  // An empty value is no label at all.
  std::erase_if(labels, [](const auto& label) { return label.second.empty(); });
  std::sort(labels.begin(), labels.end());
  return labels;
}

std::optional<RuleLabels> example_outside(const Selector& all, const Selector& part, const MetricDesc& desc) {
  const std::optional<RuleLabels> inside = example_labels(part, desc);
  if (!inside) {
    return std::nullopt;
  }
  for (const LabelMatcher& matcher : part.matchers) {
    for (const std::string& value : alternatives(all, matcher.label)) {
      RuleLabels labels = *inside;
      set_label(labels, matcher.label, value);
      std::sort(labels.begin(), labels.end());
      if (!promql::matches(matcher, value) && matches(all, labels)) {
        return labels;
      }
    }
  }
  return std::nullopt;
}

std::string series_text(std::string_view name, const RuleLabels& labels) {
  std::string inside;
  for (const auto& [key, value] : labels) {
    inside += (inside.empty() ? "" : ", ") + key + "=" + quote_promql(value);
  }
  return std::string(name) + "{" + inside + "}";
}

RuleLabels with_label(RuleLabels labels, const std::string& name, const std::string& value) {
  set_label(labels, name, value);
  std::sort(labels.begin(), labels.end());
  return labels;
}

RuleLabels without_labels(RuleLabels labels, const std::vector<std::string>& names) {
  std::erase_if(labels, [&names](const auto& label) {
    return std::find(names.begin(), names.end(), label.first) != names.end();
  });
  return labels;
}

}  // namespace leeway
