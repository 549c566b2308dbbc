#include "agent/evaluation/vector_functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "agent/evaluation/quantile.h"
#include "agent/promql/promql_regex.h"

namespace leeway::evaluation {
namespace {

using promql::ValueType;
using Function = double (*)(double value, std::span<const Value> arguments);

double sign(double value) { return value > 0 ? 1 : value < 0 ? -1 : value; }

double round_to(double value, double to) {
  const double inverse = 1 / to;
  return std::floor(value * inverse + 0.5) / inverse;
}

struct Named {
  std::string_view name;
  Function function;
};
constexpr std::array<Named, 13> kPerElement = {{
    {"abs", [](double v, std::span<const Value>) { return std::abs(v); }},
    {"ceil", [](double v, std::span<const Value>) { return std::ceil(v); }},
    {"clamp", [](double v, std::span<const Value> a) { return std::max(std::min(v, a[2].scalar), a[1].scalar); }},
    {"clamp_max", [](double v, std::span<const Value> a) { return std::min(v, a[1].scalar); }},
    {"clamp_min", [](double v, std::span<const Value> a) { return std::max(v, a[1].scalar); }},
    {"exp", [](double v, std::span<const Value>) { return std::exp(v); }},
    {"floor", [](double v, std::span<const Value>) { return std::floor(v); }},
    {"ln", [](double v, std::span<const Value>) { return std::log(v); }},
    {"log10", [](double v, std::span<const Value>) { return std::log10(v); }},
    {"log2", [](double v, std::span<const Value>) { return std::log2(v); }},
    {"round", [](double v, std::span<const Value> a) { return round_to(v, a.size() > 1 ? a[1].scalar : 1); }},
    {"sgn", [](double v, std::span<const Value>) { return sign(v); }},
    {"sqrt", [](double v, std::span<const Value>) { return std::sqrt(v); }},
}};
constexpr std::array<std::string_view, 8> kOthers = {
    "time", "pi", "vector", "scalar", "sort", "sort_desc", "histogram_quantile", "label_replace"};

const Named* per_element(std::string_view name) {
  const auto* const found =
      std::find_if(kPerElement.begin(), kPerElement.end(), [name](const Named& row) { return row.name == name; });
  return found == kPerElement.end() ? nullptr : found;
}

Value scalar_value(double number) { return {ValueType::kScalar, number}; }

Value of_each(const Named& function, std::span<const Value> arguments, LabelSets& sets) {
  Value result;
  if (function.name == "clamp" && arguments[2].scalar < arguments[1].scalar) {
    return result;
  }
  for (const Element& element : arguments[0].vector) {
    result.vector.push_back({sets.without_name(element.labels), function.function(element.value, arguments)});
  }
  return result;
}

Value sorted(const Value& argument, bool descending) {
  Value result = argument;
  std::stable_sort(result.vector.begin(), result.vector.end(), [descending](const Element& a, const Element& b) {
    if (std::isnan(a.value) || std::isnan(b.value)) {
      return !std::isnan(a.value) && std::isnan(b.value);
    }
    return descending ? a.value > b.value : a.value < b.value;
  });
  return result;
}

Value histogram_quantile(double q, const InstantVector& vector, LabelSets& sets) {
  std::vector<Labels> order;
  std::map<Labels, std::vector<Bucket>> histograms;
  for (const Element& element : vector) {
    Bucket bucket{0, element.value};
    if (!read_bound(label_value(*element.labels, "le"), bucket.upper)) {
      continue;
    }
    const Labels labels = sets.grouped(element.labels, {"le"}, false);
    std::vector<Bucket>& buckets = histograms[labels];
    if (buckets.empty()) {
      order.push_back(labels);
    }
    buckets.push_back(bucket);
  }
  Value result;
  for (const Labels labels : order) {
    result.vector.push_back({labels, bucket_quantile(std::move(histograms[labels]), q)});
  }
  return result;
}

// label_replace(vector, destination, replacement, source, pattern).
Expected<Value> replace_label(std::span<const Value> arguments, LabelSets& sets) {
  const std::string& pattern = arguments[4].text;
  if (const std::string problem = promql::pattern_error(pattern); !problem.empty()) {
    return Error{ErrorCode::kConfiguration, "label_replace() with the pattern '" + pattern + "': " + problem};
  }
  Value result;
  std::set<Labels> seen;
  for (const Element& element : arguments[0].vector) {
    LabelSet labels = *element.labels;
    const std::optional<std::string> value =
        promql::replace_match(pattern, label_value(labels, arguments[3].text), arguments[2].text);
    if (value) {
      set_label(labels, arguments[1].text, *value);
    }
    result.vector.push_back({sets.intern(std::move(labels)), element.value});
    if (!seen.insert(result.vector.back().labels).second) {
      return Error{ErrorCode::kConfiguration, "label_replace() makes two series equal"};
    }
  }
  return result;
}

}  // namespace

bool is_vector_function(std::string_view name) {
  return per_element(name) != nullptr || std::find(kOthers.begin(), kOthers.end(), name) != kOthers.end();
}

Expected<Value> vector_function(std::string_view name, std::span<const Value> arguments, Time at, LabelSets& sets) {
  if (const Named* const function = per_element(name)) {
    return of_each(*function, arguments, sets);
  }
  if (name == "time") {
    return scalar_value(static_cast<double>(at) / kSecond);
  }
  if (name == "pi") {
    return scalar_value(3.14159265358979323846);
  }
  if (name == "vector") {
    Value result;
    result.vector.push_back({sets.intern({}), arguments[0].scalar});
    return result;
  }
  if (name == "scalar") {
    const InstantVector& vector = arguments[0].vector;
    return scalar_value(vector.size() == 1 ? vector[0].value : std::numeric_limits<double>::quiet_NaN());
  }
  if (name == "histogram_quantile") {
    return histogram_quantile(arguments[0].scalar, arguments[1].vector, sets);
  }
  if (name == "label_replace") {
    return replace_label(arguments, sets);
  }
  return sorted(arguments[0], name == "sort_desc");
}

}  // namespace leeway::evaluation
