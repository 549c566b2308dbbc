#include "agent/expressions/expression_numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "agent/core/arena.h"
#include "agent/core/ascii.h"
#include "agent/expressions/expression_conversions.h"
#include "agent/expressions/expression_lexer.h"
#include "agent/expressions/expression_operators.h"
#include "agent/expressions/expression_text.h"

namespace leeway::expr {
namespace {

constexpr int kMostPrecision = 100;

template <typename Change>
Value changed_double(const Value& operand, Change change) {
  if (operand.is_integer()) {
    return operand;
  }
  return operand.kind == ValueKind::kDouble ? Value::of_double(change(operand.number)) : operand_error(operand);
}

bool is_nan(const Value& value) { return value.kind == ValueKind::kDouble && std::isnan(value.number); }

// The one that no other `beats`.
Value best(std::span<const Value> args, BinaryFunction beats, Arena& arena) {
  const auto other = std::find_if(args.begin(), args.end(), [](const Value& value) { return !value.is_number(); });
  if (other != args.end()) {
    return operand_error(*other);
  }
  Value result = args.front();
  for (const Value& value : args) {
    if (is_nan(value) || (!is_nan(result) && beats(value, result, arena).boolean)) {
      result = value;
    }
  }
  return result;
}

// A part of a format: what stands before a value, and how that is printed.
struct Directive {
  char conversion = '\0';  // '\0': none, the format ends
  int precision = 6;
};

// Removes everything up to the end of the next directive from the front of `rest` and appends what is text of it.
// False where the format is not valid.
bool take_directive(std::string_view& rest, std::string& out, Directive& directive) {
  directive = {};
  while (true) {
    const std::size_t percent = std::min(rest.find('%'), rest.size());
    out += rest.substr(0, percent);
    rest.remove_prefix(percent);
    if (rest.empty()) {
      return true;
    }
    rest.remove_prefix(1);
    if (!rest.starts_with('%')) {
      break;
    }
    out += '%';
    rest.remove_prefix(1);
  }
  if (rest.starts_with('.')) {
    const char* const end = rest.data() + rest.size();
    const std::from_chars_result digits = std::from_chars(rest.data() + 1, end, directive.precision);
    if (digits.ec != std::errc() || directive.precision < 0 || directive.precision > kMostPrecision) {
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(digits.ptr - rest.data()));
  }
  if (rest.empty() || std::string_view("sdfexXob").find(rest.front()) == std::string_view::npos) {
    return false;
  }
  directive.conversion = rest.front();
  rest.remove_prefix(1);
  return true;
}

void append_integer(std::string& out, const Value& value, int base, bool upper) {
  std::array<char, 72> buffer{};
  char* const begin = buffer.data();
  char* const limit = begin + buffer.size();
  const char* const end = value.kind == ValueKind::kInt ? std::to_chars(begin, limit, value.integer, base).ptr
                                                        : std::to_chars(begin, limit, value.bits(), base).ptr;
  if (upper) {
    std::transform(begin, buffer.data() + (end - begin), begin,
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  }
  out.append(begin, static_cast<std::size_t>(end - begin));
}

void append_bytes(std::string& out, std::string_view bytes, const char* digits) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += {digits[byte >> 4U], digits[byte & 15U]};
  }
}

void append_double(std::string& out, double number, const Directive& directive) {
  if (!std::isfinite(number)) {
    out += std::isnan(number) ? "NaN" : number < 0 ? "-Infinity" : "Infinity";
    return;
  }
  std::array<char, 310 + 3 + kMostPrecision> buffer{};  // the longest has 309 digits, a sign and a point
  const auto form = directive.conversion == 'f' ? std::chars_format::fixed : std::chars_format::scientific;
  const char* const end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, form, directive.precision).ptr;
  out.append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
}

// kNone, or why the value cannot be printed so.
Failure append_value(std::string& out, const Value& value, const Directive& directive, Arena& arena) {
  const auto with_base = [&](int base, bool upper) {
    if (!value.is_integer()) {
      return failure_of_unusable(value);
    }
    append_integer(out, value, base, upper);
    return Failure::kNone;
  };
  switch (directive.conversion) {
    case 'x':
    case 'X':
      if (value.kind == ValueKind::kString) {
        append_bytes(out, value.string(), directive.conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef");
        return Failure::kNone;
      }
      return with_base(16, directive.conversion == 'X');
    case 'o':
      return with_base(8, false);
    case 'b':
      if (value.kind == ValueKind::kBool) {
        out += value.boolean ? '1' : '0';
        return Failure::kNone;
      }
      return with_base(2, false);
    case 'f':
    case 'e':
      if (!value.is_number()) {
        return failure_of_unusable(value);
      }
      append_double(out, value.as_double(), directive);
      return Failure::kNone;
    case 'd':
      if (!value.is_number()) {
        return failure_of_unusable(value);
      }
      [[fallthrough]];
    default: {
      const Value text = to_string(value, arena);
      if (text.kind != ValueKind::kString) {
        return text.failure;
      }
      out += text.string();
      return Failure::kNone;
    }
  }
}

}  // namespace

Value round(const Value& operand, Arena&) {
  return changed_double(operand, [](double number) { return std::round(number); });
}

Value ceil(const Value& operand, Arena&) {
  return changed_double(operand, [](double number) { return std::ceil(number); });
}

Value floor(const Value& operand, Arena&) {
  return changed_double(operand, [](double number) { return std::floor(number); });
}

Value trunc(const Value& operand, Arena&) {
  return changed_double(operand, [](double number) { return std::trunc(number); });
}

Value abs(const Value& operand, Arena& arena) {
  const bool negative =
      (operand.kind == ValueKind::kDouble && std::signbit(operand.number)) ||
      ((operand.kind == ValueKind::kInt || operand.kind == ValueKind::kDuration) && operand.integer < 0);
  const bool fits = operand.is_number() || operand.kind == ValueKind::kDuration;
  return !fits ? operand_error(operand) : negative ? negate(operand, arena) : operand;
}

Value greatest(std::span<const Value> args, Arena& arena) { return best(args, greater, arena); }
Value least(std::span<const Value> args, Arena& arena) { return best(args, less, arena); }

Value format(std::span<const Value> args, Arena& arena) {
  if (args[0].kind != ValueKind::kString) {
    return operand_error(args[0]);
  }
  thread_local std::string out;  // its memory is kept
  out.clear();
  std::string_view rest = args[0].string();
  std::size_t next = 1;
  for (Directive directive; take_directive(rest, out, directive);) {
    if (directive.conversion == '\0') {
      return Value::of_string(arena.copy(out));
    }
    if (next == args.size()) {
      break;
    }
    if (const Failure failure = append_value(out, args[next++], directive, arena); failure != Failure::kNone) {
      return Value::error(failure);
    }
    if (out.size() > kLargestText) {
      return Value::error(Failure::kOverflow);
    }
  }
  return Value::error(Failure::kConversion);
}

Expected<void> check_format(const Node& call) {
  const Node& constant = *call.args[0];
  if (constant.op != Op::kConstant) {
    return {};
  }
  std::string_view rest = constant.text;
  std::string text;
  std::size_t values = 0;
  Directive directive;
  do {
    if (!take_directive(rest, text, directive)) {
      return error_at(constant.column, "bad format; expected %s, %d, %x, %X, %o, %b, %f or %e, as in \"%.2f\", or %%");
    }
    values += directive.conversion == '\0' ? 0 : 1;
  } while (directive.conversion != '\0');
  if (values != call.args.size() - 1) {
    return error_at(constant.column, "the format takes " + std::to_string(values) + " values, not " +
                                         std::to_string(call.args.size() - 1));
  }
  return {};
}

}  // namespace leeway::expr
