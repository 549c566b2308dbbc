#include "agent/init/free_names.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "agent/config/metric_names.h"

namespace leeway {
namespace {

bool is_free(const std::string& name) {
  // What the rules of alerts and SLOs add.
  static constexpr std::array kOfRules = {"slo", "window", "tier", "severity", "alertname", "alertstate"};
  return std::find(kOfRules.begin(), kOfRules.end(), name) == kOfRules.end() &&
         !label_name_problem(name, MetricType::kHistogram);
}

}  // namespace

std::string label_name(const std::string& expression) {
  std::string name;
  for (const char c : expression) {
    const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0;
    name += word ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '_';
  }
  name.erase(0, name.find_first_not_of('_'));
  while (name.ends_with('_')) {
    name.pop_back();
  }
  return name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0 ? "field_" + name : name;
}

std::string camel_case(const std::string& name) {
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c == '_' || c == ':') {
      upper = true;
    } else {
      result += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
      upper = false;
    }
  }
  return result;
}

std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return text;
}

std::string free_label(const std::string& name, std::set<std::string>& taken) {
  const std::string base = is_free(name) ? name : name + "_name";
  std::string label = base;
  for (int i = 2; !taken.insert(label).second; ++i) {
    label = base + "_" + std::to_string(i);
  }
  return label;
}

std::string MetricNames::prefix(const std::string& wanted) {
  const auto is_usable = [](const std::string& prefix) {
    return !metric_name_problem(prefix + "log_records_total", MetricType::kCounter) &&
           !metric_name_problem(prefix + "duration_seconds", MetricType::kHistogram);
  };
  if (is_usable(wanted) || is_usable("log_" + wanted)) {
    return is_usable(wanted) ? wanted : "log_" + wanted;
  }
  // Without words, there is none that names must not have.
  std::string one_word = "log" + wanted;
  std::erase(one_word, '_');
  return one_word + "_";
}

std::string MetricNames::take(const std::string& prefix, const std::string& name, MetricType type) {
  const auto is_usable = [&](const std::string& one) { return !metric_name_problem(prefix + one, type); };
  const std::string unknown = type == MetricType::kCounter     ? "log_sum_total"
                              : type == MetricType::kHistogram ? "duration_seconds"
                                                               : "log_value";
  const std::string whole = prefix + (is_usable(name) ? name : is_usable("log_" + name) ? "log_" + name : unknown);
  const std::size_t end = type == MetricType::kGauge ? whole.size() : whole.rfind('_');
  std::string free = whole;
  for (int i = 2; !taken_.insert(free).second; ++i) {
    free = whole.substr(0, end) + "_" + std::to_string(i) + whole.substr(end);
  }
  return free;
}

}  // namespace leeway
