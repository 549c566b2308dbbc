#include "agent/expressions/expression_levels.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <string>

#include "agent/core/ascii.h"
#include "agent/core/nearest_word.h"
#include "agent/expressions/expression_conversions.h"
#include "agent/expressions/expression_lexer.h"
#include "agent/expressions/expression_operators.h"

namespace leeway::expr {
namespace {

struct LevelWord {
  std::string_view word;
  std::string_view level;
};

// In small letters.
constexpr std::array<LevelWord, 47> kWords = {
    {{"trace", "trace"},  {"t", "trace"},          {"trc", "trace"},          {"trce", "trace"},
     {"finer", "trace"},  {"finest", "trace"},     {"debug", "debug"},        {"d", "debug"},
     {"dbug", "debug"},   {"dbg", "debug"},        {"fine", "debug"},         {"verbose", "debug"},
     {"v", "debug"},      {"config", "debug"},     {"info", "info"},          {"i", "info"},
     {"inf", "info"},     {"information", "info"}, {"informational", "info"}, {"notice", "info"},
     {"n", "info"},       {"note", "info"},        {"system", "info"},        {"success", "info"},
     {"log", "info"},     {"warning", "warning"},  {"warn", "warning"},       {"w", "warning"},
     {"wrn", "warning"},  {"error", "error"},      {"err", "error"},          {"e", "error"},
     {"eror", "error"},   {"fail", "error"},       {"failure", "error"},      {"fatal", "fatal"},
     {"f", "fatal"},      {"ftl", "fatal"},        {"critical", "fatal"},     {"crit", "fatal"},
     {"c", "fatal"},      {"alert", "fatal"},      {"emerg", "fatal"},        {"emergency", "fatal"},
     {"severe", "fatal"}, {"panic", "fatal"},      {"dpanic", "fatal"}}};

// The level of all numbers from `least` up to that of the next band.
struct Band {
  int least;
  std::string_view level;
};

struct Family {
  std::string_view name;
  int most;  // numbers above it are no levels
  std::array<Band, 6> bands;
};

// Bands ascend; own levels of a program lie in between.
constexpr std::array<Family, 8> kFamilies = {
    {{"pino", 69, {{{10, "trace"}, {20, "debug"}, {30, "info"}, {40, "warning"}, {50, "error"}, {60, "fatal"}}}},
     {"bunyan", 69, {{{10, "trace"}, {20, "debug"}, {30, "info"}, {40, "warning"}, {50, "error"}, {60, "fatal"}}}},
     {"python", 59, {{{1, "trace"}, {10, "debug"}, {20, "info"}, {30, "warning"}, {40, "error"}, {50, "fatal"}}}},
     {"syslog", 7, {{{0, "fatal"}, {3, "error"}, {4, "warning"}, {5, "info"}, {7, "debug"}, {8, ""}}}},
     {"slog", 15, {{{-8, "trace"}, {-4, "debug"}, {0, "info"}, {4, "warning"}, {8, "error"}, {12, "fatal"}}}},
     {"otel", 24, {{{1, "trace"}, {5, "debug"}, {9, "info"}, {13, "warning"}, {17, "error"}, {21, "fatal"}}}},
     {"dotnet", 5, {{{0, "trace"}, {1, "debug"}, {2, "info"}, {3, "warning"}, {4, "error"}, {5, "fatal"}}}},
     {"zap", 5, {{{-1, "debug"}, {0, "info"}, {1, "warning"}, {2, "error"}, {3, "fatal"}, {6, ""}}}}}};

Value level_of_word(std::string_view text) {
  text = without_blanks(text);
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    text = without_blanks(text.substr(1, text.size() - 2));
  }
  const auto same = [text](const LevelWord& word) {
    return std::equal(text.begin(), text.end(), word.word.begin(), word.word.end(),
                      [](char a, char b) { return to_lower(a) == b; });
  };
  const auto found = std::find_if(kWords.begin(), kWords.end(), same);
  return found == kWords.end() ? Value::error(Failure::kConversion) : Value::of_string(found->level);
}

Value level_of_number(std::int64_t number, const Family& family) {
  std::string_view level;
  for (const Band& band : family.bands) {
    level = number >= band.least ? band.level : level;
  }
  return level.empty() || number > family.most ? Value::error(Failure::kConversion) : Value::of_string(level);
}

std::optional<std::int64_t> whole_number(const Value& value) {
  if (value.kind == ValueKind::kInt) {
    return value.integer;
  }
  if (value.kind == ValueKind::kDouble) {
    const bool whole = std::trunc(value.number) == value.number && std::abs(value.number) < kTwoTo63;
    return whole ? std::optional(static_cast<std::int64_t>(value.number)) : std::nullopt;
  }
  if (value.kind != ValueKind::kString) {
    return std::nullopt;
  }
  const std::string_view text = without_blanks(value.string());
  std::int64_t number = 0;
  const std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc() && result.ptr == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

Expected<BoundFunction> prepare_level(Node& call, const Schema&) {
  const Family* family = nullptr;
  if (call.args.size() == 2) {
    const auto found = std::find_if(kFamilies.begin(), kFamilies.end(),
                                    [&](const Family& one) { return one.name == call.args[1]->text; });
    if (found == kFamilies.end()) {
      std::vector<std::string> names;
      std::transform(kFamilies.begin(), kFamilies.end(), std::back_inserter(names),
                     [](const Family& one) { return std::string(one.name); });
      return error_at(call.args[1]->column, "the numbers of level() are those of " + quoted_words(names, "or"));
    }
    family = &*found;
  }
  return BoundFunction([family](const Value& operand, Arena&) {
    if (!operand.is_number() && operand.kind != ValueKind::kString) {
      return operand_error(operand);
    }
    const std::optional<std::int64_t> number = whole_number(operand);
    if (family != nullptr && number) {
      return level_of_number(*number, *family);
    }
    return operand.kind == ValueKind::kString ? level_of_word(operand.string()) : Value::error(Failure::kConversion);
  });
}

Value status_class(const Value& operand, Arena&) {
  constexpr std::array<std::string_view, 5> kClasses = {"1xx", "2xx", "3xx", "4xx", "5xx"};
  const std::string_view text = operand.kind == ValueKind::kString ? without_blanks(operand.string()) : "0";
  if (operand.kind == ValueKind::kNull || text == "-" || text.empty()) {
    return Value::of_string("none");
  }
  if (!operand.is_number() && operand.kind != ValueKind::kString) {
    return operand_error(operand);
  }
  const std::optional<std::int64_t> code = whole_number(operand);
  if (code && (*code == 0 || *code == -1)) {
    return Value::of_string("none");
  }
  return code && *code >= 100 && *code < 600 ? Value::of_string(kClasses[static_cast<std::size_t>(*code / 100 - 1)])
                                             : Value::error(Failure::kConversion);
}

}  // namespace leeway::expr
