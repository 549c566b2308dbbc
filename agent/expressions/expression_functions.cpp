#include "agent/expressions/expression_functions.h"

#include <algorithm>
#include <array>

#include "agent/expressions/expression_amounts.h"
#include "agent/expressions/expression_conversions.h"
#include "agent/expressions/expression_hash.h"
#include "agent/expressions/expression_levels.h"
#include "agent/expressions/expression_network.h"
#include "agent/expressions/expression_numbers.h"
#include "agent/expressions/expression_operators.h"
#include "agent/expressions/expression_patterns.h"
#include "agent/expressions/expression_routes.h"
#include "agent/expressions/expression_text.h"
#include "agent/expressions/expression_times.h"

namespace leeway::expr {
namespace {

using Type = StaticType;
using Syntax = FunctionRule::Syntax;

constexpr std::uint8_t kMostConstants = 255;
constexpr Types kEverything = ~Types{0};
constexpr Types kText = set_of(Type::kString);
constexpr Types kParted = Type::kTimestamp | Type::kDuration;
constexpr Types kDated = kNumbers | Type::kString | Type::kTimestamp;  // what timestamp() takes
constexpr Types kPrintable = kNumbers | Type::kBool | Type::kString | Type::kTimestamp | Type::kDuration;

constexpr std::array kRules = {
    FunctionRule{"-", "-a", 1, 1, kNumbers | Type::kDuration, 0, Type::kAny, negate},
    // Conversions
    FunctionRule{"int", "int(a)", 1, 1, kNumbers | Type::kString | Type::kTimestamp, 0, Type::kInt, to_int},
    FunctionRule{"double", "double(a)", 1, 1, kNumbers | Type::kString | Type::kTimestamp | Type::kDuration, 0,
                 Type::kDouble, to_double},
    FunctionRule{"string", "string(a)", 1, 1, kPrintable, 0, Type::kString, to_string},
    FunctionRule{"bool", "bool(a)", 1, 1, Type::kBool | Type::kString, 0, Type::kBool, to_bool},
    FunctionRule{"duration", "duration(a)", 1, 2, kNumbers | Type::kString | Type::kDuration, kText, Type::kDuration,
                 prepare_duration},
    FunctionRule{"timestamp", "timestamp(a)", 1, 1, kNumbers | Type::kString | Type::kTimestamp, 0, Type::kTimestamp,
                 prepare_timestamp},
    FunctionRule{"byte_size", "byte_size(a)", 1, 2, Type::kInt | Type::kString, set_of(Type::kInt), Type::kInt,
                 prepare_byte_size},
    FunctionRule{"ratio", "ratio(a)", 1, 1, kText, 0, Type::kDouble, to_ratio},
    FunctionRule{"decimal", "decimal(a)", 1, 2, kNumbers | Type::kString, kText, Type::kDouble, prepare_decimal},
    FunctionRule{"level", "level(a, \"pino\")", 1, 2, kNumbers | Type::kString, kText, Type::kString, prepare_level},
    FunctionRule{"status_class", "status_class(a)", 1, 1, kNumbers | Type::kString, 0, Type::kString, status_class},
    FunctionRule{"containsIP", "cidr(\"10.0.0.0/8\").containsIP(a)", 2, 2, kText, kText, Type::kBool,
                 prepare_contains_ip},
    FunctionRule{"hash", "hash(a)", 1, 1, kPrintable, 0, Type::kString, prepare_hash},
    FunctionRule{"isIP", "isIP(a)", 1, 1, kText, 0, Type::kBool, is_ip},
    FunctionRule{"route", "route(a, [\"/items/{id}\"])", 1, kMostConstants, kText, kText, Type::kString, prepare_route,
                 Syntax::kList},
    // Times
    FunctionRule{"getFullYear", "a.getFullYear()", 1, 2, set_of(Type::kTimestamp), kText, Type::kInt,
                 prepare_time_part},
    FunctionRule{"getMonth", "a.getMonth()", 1, 2, set_of(Type::kTimestamp), kText, Type::kInt, prepare_time_part},
    FunctionRule{"getDate", "a.getDate()", 1, 2, set_of(Type::kTimestamp), kText, Type::kInt, prepare_time_part},
    FunctionRule{"getDayOfWeek", "a.getDayOfWeek()", 1, 2, set_of(Type::kTimestamp), kText, Type::kInt,
                 prepare_time_part},
    FunctionRule{"weekday", "weekday(a, \"Europe/Berlin\")", 1, 2, kDated, kText, Type::kInt, prepare_source_time_part},
    FunctionRule{"getHours", "a.getHours()", 1, 2, kParted, kText, Type::kInt, prepare_time_part},
    FunctionRule{"hour", "hour(a, \"Europe/Berlin\")", 1, 2, kDated, kText, Type::kInt, prepare_source_time_part},
    FunctionRule{"getMinutes", "a.getMinutes()", 1, 2, kParted, kText, Type::kInt, prepare_time_part},
    FunctionRule{"getSeconds", "a.getSeconds()", 1, 2, kParted, kText, Type::kInt, prepare_time_part},
    FunctionRule{"getMilliseconds", "a.getMilliseconds()", 1, 2, kParted, kText, Type::kInt, prepare_time_part},
    // What is absent
    FunctionRule{"default", "default(a, 0)", 2, 2, kEverything, kEverything, Type::kAny, coalesce},
    FunctionRule{"coalesce", "coalesce(a, b, 0)", 2, kMostArguments, kEverything, kEverything, Type::kAny, coalesce},
    FunctionRule{"orValue", "a.?b.orValue(0)", 2, 2, kEverything, kEverything, Type::kAny, coalesce},
    // Numbers
    FunctionRule{"math.round", "math.round(a)", 1, 1, kNumbers, 0, Type::kAny, round},
    FunctionRule{"round", "round(a)", 1, 1, kNumbers, 0, Type::kAny, round},
    FunctionRule{"math.ceil", "math.ceil(a)", 1, 1, kNumbers, 0, Type::kAny, ceil},
    FunctionRule{"ceil", "ceil(a)", 1, 1, kNumbers, 0, Type::kAny, ceil},
    FunctionRule{"math.floor", "math.floor(a)", 1, 1, kNumbers, 0, Type::kAny, floor},
    FunctionRule{"floor", "floor(a)", 1, 1, kNumbers, 0, Type::kAny, floor},
    FunctionRule{"math.trunc", "math.trunc(a)", 1, 1, kNumbers, 0, Type::kAny, trunc},
    FunctionRule{"math.abs", "math.abs(a)", 1, 1, kNumbers | Type::kDuration, 0, Type::kAny, abs},
    FunctionRule{"abs", "abs(a)", 1, 1, kNumbers | Type::kDuration, 0, Type::kAny, abs},
    FunctionRule{"math.greatest", "math.greatest(a, b)", 1, kMostArguments, kNumbers, kNumbers, Type::kAny, greatest},
    FunctionRule{"max", "max(a, b)", 1, kMostArguments, kNumbers, kNumbers, Type::kAny, greatest},
    FunctionRule{"math.least", "math.least(a, b)", 1, kMostArguments, kNumbers, kNumbers, Type::kAny, least},
    FunctionRule{"min", "min(a, b)", 1, kMostArguments, kNumbers, kNumbers, Type::kAny, least},
    FunctionRule{"format", "\"%.2f\".format([a])", 1, kMostArguments, kText, kEverything, Type::kString, format,
                 Syntax::kList, check_format},
    // Texts
    FunctionRule{"size", "size(a)", 1, 1, Type::kString | Type::kList, 0, Type::kInt, size},
    FunctionRule{"lower", "a.lower()", 1, 1, kText, 0, Type::kString, lower},
    FunctionRule{"lowerAscii", "a.lowerAscii()", 1, 1, kText, 0, Type::kString, lower},
    FunctionRule{"upper", "a.upper()", 1, 1, kText, 0, Type::kString, upper},
    FunctionRule{"upperAscii", "a.upperAscii()", 1, 1, kText, 0, Type::kString, upper},
    FunctionRule{"trim", "a.trim()", 1, 1, kText, 0, Type::kString, trim},
    FunctionRule{"startsWith", "a.startsWith(\"x\")", 2, 2, kText, kText, Type::kBool, starts_with},
    FunctionRule{"endsWith", "a.endsWith(\"x\")", 2, 2, kText, kText, Type::kBool, ends_with},
    FunctionRule{"contains", "a.contains(\"x\")", 2, 2, kText, kText, Type::kBool, contains},
    FunctionRule{"indexOf", "a.indexOf(\"x\")", 2, 2, kText, kText, Type::kInt, index_of},
    FunctionRule{"lastIndexOf", "a.lastIndexOf(\"x\")", 2, 2, kText, kText, Type::kInt, last_index_of},
    FunctionRule{"substring", "a.substring(0, 3)", 2, 3, kText, set_of(Type::kInt), Type::kString, substring},
    FunctionRule{"replace", "a.replace(\"x\", \"y\")", 3, 3, kText, kText, Type::kString, replace},
    FunctionRule{"split", "a.split(\",\")[0]", 2, 2, kText, kText, Type::kString, prepare_split, Syntax::kPath},
    FunctionRule{"matches", "a.matches(\"^x\")", 2, 2, kText, kText, Type::kBool, prepare_matches},
    FunctionRule{"extract", "a.extract(\"x(.)\")", 2, 2, kText, kText, Type::kString, prepare_extract},
    FunctionRule{"regex.replace", "regex.replace(a, \"x(.)\", \"y\\\\1\")", 3, 3, kText, kText, Type::kString,
                 prepare_replace},
};

}  // namespace

const FunctionRule* function_rule(std::string_view name) {
  const auto found = std::find_if(kRules.begin(), kRules.end(), [&](const auto& rule) { return rule.name == name; });
  return found == kRules.end() ? nullptr : &*found;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names = {"has", "json", "source", "exists", "all"};
  for (const FunctionRule& rule : kRules) {
    names.emplace_back(rule.name);
  }
  std::erase(names, "-");
  return names;
}

}  // namespace leeway::expr
