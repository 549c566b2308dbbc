#include "agent/expressions/expression_amounts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "agent/core/ascii.h"
#include "agent/core/duration_text.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/expressions/expression_conversions.h"
#include "agent/expressions/expression_lexer.h"
#include "agent/expressions/expression_operators.h"
#include "agent/expressions/expression_rules.h"

namespace leeway::expr {
namespace {

constexpr std::size_t kLongestAmount = 64;

// Of a number of units; an integer is exact.
Value duration_of(const Value& number, std::int64_t unit) {
  if (number.kind == ValueKind::kInt) {
    std::int64_t nanoseconds = 0;
    const bool overflow = __builtin_mul_overflow(number.integer, unit, &nanoseconds);
    return overflow ? Value::error(Failure::kOverflow) : Value::duration(nanoseconds);
  }
  const double nanoseconds = std::round(number.as_double() * static_cast<double>(unit));
  if (std::isnan(nanoseconds)) {
    return Value::error(Failure::kConversion);
  }
  return std::abs(nanoseconds) < kTwoTo63 ? Value::duration(static_cast<std::int64_t>(nanoseconds))
                                          : Value::error(Failure::kOverflow);
}

// Removes one of the currencies and blanks beside it from the front or, with `last`, the end; three capital letters
// are a currency too.
bool take_currency(std::string_view& text, bool last) {
  constexpr std::array<std::string_view, 8> kSymbols = {
      "$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", "\xE2\x82\xB9", "\xE2\x82\xBD", "\xE2\x82\xA9", "\xE2\x82\xBF"};
  const auto remove = [&](std::size_t size) {
    last ? text.remove_suffix(size) : text.remove_prefix(size);
    text = without_blanks(text);
    return true;
  };
  for (const std::string_view symbol : kSymbols) {
    if (last ? text.ends_with(symbol) : text.starts_with(symbol)) {
      return remove(symbol.size());
    }
  }
  if (text.size() < 3) {
    return false;
  }
  const std::string_view code = last ? text.substr(text.size() - 3) : text.substr(0, 3);
  const bool capitals = std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return capitals && remove(3);
}

// What may stand between groups of three digits before `mark`: its size at the front of `text`, or 0.
std::size_t separator_size(std::string_view text, char mark) {
  constexpr std::array<std::string_view, 8> kSeparators = {
      ",", ".", "'", "_", " ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x99"};
  for (const std::string_view separator : kSeparators) {
    if (text.starts_with(separator) && separator.front() != mark) {
      return separator.size();
    }
  }
  return 0;
}

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

// "1,234.50" without sign, with this decimal mark. Groups have three digits, the first one to three, and the separator
// is the same everywhere.
std::optional<double> read_grouped(std::string_view text, char mark, bool negative) {
  std::array<char, kLongestAmount + 2> plain{};
  char* out = plain.data();
  if (text.size() > kLongestAmount) {
    return std::nullopt;
  }
  if (negative) {
    *out++ = '-';
  }
  const auto copy_digits = [&](std::size_t count) {
    out = std::copy_n(text.begin(), count, out);
    text.remove_prefix(count);
  };
  std::size_t digits = count_digits(text);
  if (digits == 0) {
    return std::nullopt;
  }
  const std::string_view separator = text.substr(digits, separator_size(text.substr(digits), mark));
  if (!separator.empty() && digits > 3) {
    return std::nullopt;
  }
  copy_digits(digits);
  while (!separator.empty() && text.starts_with(separator)) {
    text.remove_prefix(separator.size());
    digits = count_digits(text);
    if (digits != 3) {
      return std::nullopt;
    }
    copy_digits(digits);
  }
  if (text.starts_with(mark)) {
    text.remove_prefix(1);
    digits = count_digits(text);
    if (digits == 0) {
      return std::nullopt;
    }
    *out++ = '.';
    copy_digits(digits);
  }
  return text.empty() ? read_double({plain.data(), static_cast<std::size_t>(out - plain.data())}) : std::nullopt;
}

std::optional<double> read_amount(std::string_view text, char mark) {
  text = without_blanks(text);
  bool negative = false;
  const auto take_sign = [&] {
    for (const std::string_view sign : {"-", "\xE2\x88\x92", "+"}) {
      if (text.starts_with(sign)) {
        negative = sign != "+";
        text.remove_prefix(sign.size());
        return true;
      }
    }
    return false;
  };
  const bool sign = take_sign();
  const bool currency = take_currency(text, false);
  if (!sign && currency) {
    take_sign();
  }
  if (!currency) {
    take_currency(text, true);
  }
  return read_grouped(text, mark, negative);
}

Value number_or_failure(std::optional<double> number) {
  return number ? Value::of_double(*number) : Value::error(Failure::kConversion);
}

}  // namespace

Expected<BoundFunction> prepare_duration(Node& call, const Schema&) {
  std::int64_t unit = 0;
  if (call.args.size() == 2) {
    Duration one{};
    if (read_duration("1 " + call.args[1]->text, one) != Failure::kNone) {
      return error_at(call.args[1]->column, "the unit of duration() must be one of ns, us, ms, s, m, h, d and w");
    }
    unit = one.count();
  } else if (is_in(call.args[0]->type, kNumbers) && call.args[0]->type != StaticType::kAny) {
    return error_at(call.args[0]->column, "duration() of a number needs its unit, as in duration(x, \"ms\")");
  }
  return BoundFunction([unit](const Value& operand, Arena&) {
    if (operand.kind == ValueKind::kDuration) {
      return operand;
    }
    if (unit != 0 && operand.is_number()) {
      return duration_of(operand, unit);
    }
    if (operand.kind != ValueKind::kString) {
      return operand_error(operand);
    }
    Duration duration{};
    const Failure failure = read_duration(operand.string(), duration);
    if (failure == Failure::kNone) {
      return Value::duration(duration.count());
    }
    const std::optional<double> number = unit == 0 ? std::nullopt : read_double(without_blanks(operand.string()));
    return number ? duration_of(Value::of_double(*number), unit) : Value::error(failure);
  });
}

Expected<BoundFunction> prepare_byte_size(Node& call, const Schema&) {
  const std::int64_t base = call.args.size() == 2 ? call.args[1]->constant.integer : 1000;
  if (base != 1000 && base != 1024) {
    return error_at(call.args[1]->column, "the base of byte_size() is 1000, or 1024 for Java, Redis and PostgreSQL");
  }
  return BoundFunction([base](const Value& operand, Arena&) {
    if (operand.is_integer()) {
      return operand;
    }
    if (operand.kind != ValueKind::kString) {
      return operand_error(operand);
    }
    const std::optional<double> bytes = read_byte_size(operand.string(), static_cast<double>(base));
    if (!bytes) {
      return Value::error(Failure::kConversion);
    }
    return *bytes < kTwoTo63 ? Value::of_int(std::llround(*bytes)) : Value::error(Failure::kOverflow);
  });
}

Value to_ratio(const Value& operand, Arena&) {
  if (operand.kind != ValueKind::kString) {
    return operand_error(operand);
  }
  std::string_view text = without_blanks(operand.string());
  if (!text.ends_with('%') || text.size() > kLongestAmount) {
    return Value::error(Failure::kConversion);
  }
  text.remove_suffix(1);
  text = without_blanks(text);
  if (text.empty() || text.find_first_not_of("+-.0123456789") != std::string_view::npos) {
    return Value::error(Failure::kConversion);
  }
  text.remove_prefix(text.front() == '+' ? 1 : 0);
  // The decimal point moved by two digits: "0.7%" is 0.007, of which 0.7 / 100 is not the nearest double.
  std::array<char, kLongestAmount + 4> buffer{};
  char* const end = std::copy(text.begin(), text.end(), buffer.data());
  const char* const exponent_end = std::copy_n("e-2", 3, end);
  return number_or_failure(read_double({buffer.data(), static_cast<std::size_t>(exponent_end - buffer.data())}));
}

Expected<BoundFunction> prepare_decimal(Node& call, const Schema&) {
  const std::string_view mark = call.args.size() == 2 ? std::string_view(call.args[1]->text) : ".";
  if (mark != "." && mark != ",") {
    return error_at(call.args[1]->column, "the decimal mark of decimal() is \".\" or \",\"");
  }
  return BoundFunction([mark = mark.front()](const Value& operand, Arena&) {
    if (operand.is_number()) {
      return Value::of_double(operand.as_double());
    }
    return operand.kind == ValueKind::kString ? number_or_failure(read_amount(operand.string(), mark))
                                              : operand_error(operand);
  });
}

}  // namespace leeway::expr
