#include "agent/config/metric_names.h"

#include <algorithm>
#include <array>
#include <vector>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

bool is_valid(std::string_view name, bool colon_allowed) {
  if (name.empty() || is_digit(name.front())) {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [colon_allowed](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || (colon_allowed && c == ':');
  });
}

bool is_camel_case(std::string_view name) {
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i - 1] >= 'a' && name[i - 1] <= 'z' && name[i] >= 'A' && name[i] <= 'Z') {
      return true;
    }
  }
  return false;
}

std::vector<std::string_view> words_of(std::string_view name) {
  std::vector<std::string_view> words;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('_'), name.size());
    words.push_back(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return words;
}

struct Unit {
  std::string_view name;
  std::string_view base;
};

// promlint's tables: units with their base units, their prefixes, abbreviations, types.
constexpr std::array<Unit, 24> kUnits = {{
    {"amperes", "amperes"}, {"bytes", "bytes"},     {"celsius", "celsius"}, {"grams", "grams"},
    {"joules", "joules"},   {"kelvin", "kelvin"},   {"meters", "meters"},   {"metres", "metres"},
    {"seconds", "seconds"}, {"volts", "volts"},     {"minutes", "seconds"}, {"hours", "seconds"},
    {"days", "seconds"},    {"weeks", "seconds"},   {"kelvins", "kelvin"},  {"fahrenheit", "celsius"},
    {"rankine", "celsius"}, {"inches", "meters"},   {"yards", "meters"},    {"miles", "meters"},
    {"bits", "bytes"},      {"calories", "joules"}, {"pounds", "grams"},    {"ounces", "grams"},
}};
constexpr std::array<std::string_view, 18> kPrefixes = {"pico", "nano",  "micro", "milli", "centi", "deci",
                                                        "deca", "hecto", "kilo",  "kibi",  "mega",  "mibi",
                                                        "giga", "gibi",  "tera",  "tebi",  "peta",  "pebi"};
constexpr std::array<Unit, 14> kAbbreviations = {{{"s", "seconds"},
                                                  {"ms", "seconds"},
                                                  {"us", "seconds"},
                                                  {"ns", "seconds"},
                                                  {"sec", "seconds"},
                                                  {"m", "seconds"},
                                                  {"h", "seconds"},
                                                  {"d", "seconds"},
                                                  {"b", "bytes"},
                                                  {"kb", "bytes"},
                                                  {"mb", "bytes"},
                                                  {"gb", "bytes"},
                                                  {"tb", "bytes"},
                                                  {"pb", "bytes"}}};
constexpr std::array<std::string_view, 4> kTypeWords = {"counter", "gauge", "histogram", "summary"};

constexpr std::array<std::string_view, 4> kReservedPrefixes = {"leeway_", "process_", "scrape_", "go_"};
constexpr std::array<std::string_view, 4> kHistogramSuffixes = {"_bucket", "_sum", "_count", "_created"};

std::optional<std::string> reserved_problem(std::string_view name) {
  if (name == "up") {
    return "metric name 'up' is reserved; Prometheus sets it itself";
  }
  for (const std::string_view prefix : kReservedPrefixes) {
    if (name.starts_with(prefix)) {
      return "metric name '" + std::string(name) + "' begins with '" + std::string(prefix) +
             "', which is reserved; expected another prefix";
    }
  }
  return std::nullopt;
}

// The base unit to use instead of `word`, or "" where `word` is a base unit or not a unit.
std::string_view base_unit(std::string_view word) {
  for (const Unit& unit : kUnits) {
    if (!word.ends_with(unit.name)) {
      continue;
    }
    const std::string_view prefix = word.substr(0, word.size() - unit.name.size());
    const bool prefixed = std::find(kPrefixes.begin(), kPrefixes.end(), prefix) != kPrefixes.end();
    if (prefixed || (prefix.empty() && unit.name != unit.base)) {
      return unit.base;
    }
  }
  return "";
}

std::string unit_message(std::string_view name, std::string_view word, std::string_view base) {
  return "metric name '" + std::string(name) + "' uses the unit '" + std::string(word) +
         "'; expected the base unit, '" + std::string(base) + "'";
}

// Like promlint, which checks all words for units, and those after the first for abbreviations and types.
std::optional<std::string> word_problem(std::string_view name) {
  const std::vector<std::string_view> words = words_of(name);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (const std::string_view base = base_unit(words[i]); !base.empty()) {
      return unit_message(name, words[i], base);
    }
    const std::string word = lower_case(words[i]);
    if (i == 0) {
      continue;
    }
    if (std::find(kTypeWords.begin(), kTypeWords.end(), word) != kTypeWords.end()) {
      return "metric name '" + std::string(name) + "' contains the type '" + word +
             "'; expected a name that says what is measured";
    }
    for (const Unit& abbreviation : kAbbreviations) {
      if (abbreviation.name == word) {
        return unit_message(name, words[i], abbreviation.base);
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> type_problem(std::string_view name, MetricType type) {
  const std::string text(name);
  if (type == MetricType::kCounter && !name.ends_with("_total")) {
    return "counter '" + text + "' does not end in _total; did you mean '" + text + "_total'?";
  }
  if (type != MetricType::kCounter && name.ends_with("_total")) {
    return std::string(to_string(type)) + " '" + text + "' ends in _total, which is for counters; did you mean '" +
           text.substr(0, text.size() - 6) + "'?";
  }
  if (name.ends_with("_info") && type != MetricType::kInfo && type != MetricType::kGauge) {
    return "'" + text + "' ends in _info, which is for gauges that are always 1";
  }
  if (name.ends_with("_timestamp_seconds") && type != MetricType::kGauge) {
    return "'" + text + "' ends in _timestamp_seconds; expected a gauge";
  }
  return std::nullopt;
}

// Suffixes that Prometheus adds itself.
std::optional<std::string> sample_suffix_problem(std::string_view name) {
  for (const std::string_view suffix : kHistogramSuffixes) {
    if (name.ends_with(suffix)) {
      return "'" + std::string(name) + "' ends in " + std::string(suffix) +
             ", which Prometheus adds itself; expected a name without it";
    }
  }
  return std::nullopt;
}

// What promtool complains about.
std::optional<std::string> lint_problem(std::string_view name, MetricType type) {
  if (is_camel_case(name)) {
    return "metric name '" + std::string(name) + "' is in camelCase; expected snake_case";
  }
  std::optional<std::string> problem = type_problem(name, type);
  return problem ? problem : word_problem(name);
}

}  // namespace

bool is_metric_name(std::string_view name) { return is_valid(name, true); }
bool is_label_name(std::string_view name) { return is_valid(name, false); }

std::optional<std::string> metric_name_problem(std::string_view name, MetricType type, bool lint) {
  if (!is_valid(name, true)) {
    return "'" + std::string(name) +
           "' is not a metric name; expected letters, digits and underscores, not beginning with a digit";
  }
  if (name.find(':') != std::string_view::npos) {
    return "metric name '" + std::string(name) +
           "' contains a colon, which is for recording rules; expected underscores";
  }
  if (std::optional<std::string> problem = reserved_problem(name)) {
    return problem;
  }
  if (std::optional<std::string> problem = lint ? lint_problem(name, type) : std::nullopt) {
    return problem;
  }
  return sample_suffix_problem(name);
}

std::optional<std::string> label_name_problem(std::string_view name, MetricType type) {
  const std::string text(name);
  if (!is_valid(name, false)) {
    return "'" + text + "' is not a label name; expected letters, digits and underscores, not beginning with a digit";
  }
  if (name.starts_with("__")) {
    return "label name '" + text + "' begins with '__', which is reserved for Prometheus";
  }
  if (name == "job" || name == "instance") {
    return "label '" + text + "' is set by Prometheus for each target; expected another name";
  }
  if (name == "overflow") {
    return "label 'overflow' is reserved for the series that takes what exceeds max_series; expected another name";
  }
  if (name == "quantile" || (name == "le" && type != MetricType::kInfo)) {
    return "label '" + text + "' is reserved for " + (name == "le" ? "histograms" : "summaries") +
           "; expected another name";
  }
  if (is_camel_case(name)) {
    return "label name '" + text + "' is in camelCase; expected snake_case";
  }
  return std::nullopt;
}

}  // namespace leeway
