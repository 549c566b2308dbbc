#include "agent/promql/promql_functions.h"

#include <algorithm>
#include <array>

namespace leeway::promql {
namespace {

constexpr std::array<Function, 70> kFunctions = {{
    {"abs", "i"},
    {"absent", "i"},
    {"absent_over_time", "r"},
    {"acos", "i"},
    {"acosh", "i"},
    {"asin", "i"},
    {"asinh", "i"},
    {"atan", "i"},
    {"atanh", "i"},
    {"avg_over_time", "r"},
    {"ceil", "i"},
    {"changes", "r"},
    {"clamp", "iss"},
    {"clamp_max", "is"},
    {"clamp_min", "is"},
    {"cos", "i"},
    {"cosh", "i"},
    {"count_over_time", "r"},
    {"day_of_month", "i", 1},
    {"day_of_week", "i", 1},
    {"day_of_year", "i", 1},
    {"days_in_month", "i", 1},
    {"deg", "i"},
    {"delta", "r"},
    {"deriv", "r"},
    {"exp", "i"},
    {"floor", "i"},
    {"histogram_count", "i"},
    {"histogram_fraction", "ssi"},
    {"histogram_quantile", "si"},
    {"histogram_sum", "i"},
    {"holt_winters", "rss"},
    {"hour", "i", 1},
    {"idelta", "r"},
    {"increase", "r"},
    {"irate", "r"},
    {"label_join", "ittt", 1, true},
    {"label_replace", "itttt"},
    {"last_over_time", "r"},
    {"ln", "i"},
    {"log10", "i"},
    {"log2", "i"},
    {"max_over_time", "r"},
    {"min_over_time", "r"},
    {"minute", "i", 1},
    {"month", "i", 1},
    {"pi", "", 0, false, ValueType::kScalar},
    {"predict_linear", "rs"},
    {"present_over_time", "r"},
    {"quantile_over_time", "sr"},
    {"rad", "i"},
    {"rate", "r"},
    {"resets", "r"},
    {"round", "is", 1},
    {"scalar", "i", 0, false, ValueType::kScalar},
    {"sgn", "i"},
    {"sin", "i"},
    {"sinh", "i"},
    {"sort", "i"},
    {"sort_desc", "i"},
    {"sqrt", "i"},
    {"stddev_over_time", "r"},
    {"stdvar_over_time", "r"},
    {"sum_over_time", "r"},
    {"tan", "i"},
    {"tanh", "i"},
    {"time", "", 0, false, ValueType::kScalar},
    {"timestamp", "i"},
    {"vector", "s"},
    {"year", "i", 1},
}};

}  // namespace

ValueType argument_type(char letter) {
  switch (letter) {
    case 'i':
      return ValueType::kInstant;
    case 'r':
      return ValueType::kRange;
    case 't':
      return ValueType::kString;
    default:
      return ValueType::kScalar;
  }
}

std::span<const Function> functions() { return kFunctions; }

const Function* find_function(std::string_view name) {
  const auto* const found = std::find_if(kFunctions.begin(), kFunctions.end(),
                                         [&](const Function& function) { return function.name == name; });
  return found == kFunctions.end() ? nullptr : found;
}

}  // namespace leeway::promql
