#include "agent/expressions/expression_text.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "agent/core/arena.h"
#include "agent/core/ascii.h"
#include "agent/core/utf8.h"
#include "agent/expressions/expression_lexer.h"
#include "agent/expressions/expression_operators.h"

namespace leeway::expr {
namespace {

constexpr std::string_view kAsciiSpaces = " \t\n\v\f\r";
// The other white space of Unicode.
constexpr std::array<std::string_view, 19> kSpaces = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83",
    "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A",
    "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// The byte at which the character of this index begins, the size of the text for the index after the last, else npos.
std::size_t byte_of(std::string_view text, std::int64_t index) {
  if (index < 0) {
    return std::string_view::npos;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (begins_character(text[at]) && index-- == 0) {
      return at;
    }
  }
  return index == 0 ? text.size() : std::string_view::npos;
}

// Of the first that is not.
bool all_are(std::span<const Value> values, ValueKind kind, Value& error) {
  const auto other = std::find_if(values.begin(), values.end(), [kind](const Value& v) { return v.kind != kind; });
  error = other == values.end() ? error : operand_error(*other);
  return other == values.end();
}

Value position(std::string_view text, std::size_t byte) {
  return Value::of_int(
      byte == std::string_view::npos ? -1 : static_cast<std::int64_t>(count_characters(text.substr(0, byte))));
}

template <typename Change>
Value changed(const Value& operand, Arena& arena, Change change) {
  if (operand.kind != ValueKind::kString) {
    return operand_error(operand);
  }
  const std::string_view text = operand.string();
  char* bytes = arena.allocate(text.size());
  std::transform(text.begin(), text.end(), bytes, change);
  return Value::of_string({bytes, text.size()});
}

std::size_t space_at_begin(std::string_view text) {
  if (!text.empty() && kAsciiSpaces.find(text.front()) != std::string_view::npos) {
    return 1;
  }
  const auto found = std::find_if(kSpaces.begin(), kSpaces.end(), [&](auto space) { return text.starts_with(space); });
  return found == kSpaces.end() ? 0 : found->size();
}

std::size_t space_at_end(std::string_view text) {
  if (!text.empty() && kAsciiSpaces.find(text.back()) != std::string_view::npos) {
    return 1;
  }
  const auto found = std::find_if(kSpaces.begin(), kSpaces.end(), [&](auto space) { return text.ends_with(space); });
  return found == kSpaces.end() ? 0 : found->size();
}

// Calls `found` with each place where `old` is; an empty one is before each character and at the end.
template <typename Found>
void each_place(std::string_view text, std::string_view old, Found found) {
  std::size_t at = 0;
  while (at <= text.size()) {
    at = old.empty() ? at : text.find(old, at);
    if (at == std::string_view::npos) {
      return;
    }
    found(at);
    at += old.size();
    if (old.empty()) {
      ++at;
      while (at < text.size() && !begins_character(text[at])) {
        ++at;
      }
    }
  }
}

}  // namespace

Value size(const Value& operand, Arena&) {
  if (operand.is_container()) {
    return Value::of_int(operand.length);
  }
  if (operand.kind != ValueKind::kString) {
    return operand_error(operand);
  }
  return Value::of_int(static_cast<std::int64_t>(count_characters(operand.string())));
}

Value lower(const Value& operand, Arena& arena) { return changed(operand, arena, to_lower); }

Value upper(const Value& operand, Arena& arena) {
  return changed(operand, arena, [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
}

Value trim(const Value& operand, Arena&) {
  if (operand.kind != ValueKind::kString) {
    return operand_error(operand);
  }
  std::string_view text = operand.string();
  while (const std::size_t space = space_at_begin(text)) {
    text.remove_prefix(space);
  }
  while (const std::size_t space = space_at_end(text)) {
    text.remove_suffix(space);
  }
  return Value::of_string(text);
}

Value starts_with(const Value& text, const Value& part, Arena&) {
  if (text.kind != ValueKind::kString || part.kind != ValueKind::kString) {
    return operand_error(text, part, ValueKind::kString);
  }
  return Value::of_bool(text.string().starts_with(part.string()));
}

Value ends_with(const Value& text, const Value& part, Arena&) {
  if (text.kind != ValueKind::kString || part.kind != ValueKind::kString) {
    return operand_error(text, part, ValueKind::kString);
  }
  return Value::of_bool(text.string().ends_with(part.string()));
}

Value contains(const Value& text, const Value& part, Arena&) {
  if (text.kind != ValueKind::kString || part.kind != ValueKind::kString) {
    return operand_error(text, part, ValueKind::kString);
  }
  return Value::of_bool(text.string().find(part.string()) != std::string_view::npos);
}

Value index_of(const Value& text, const Value& part, Arena&) {
  if (text.kind != ValueKind::kString || part.kind != ValueKind::kString) {
    return operand_error(text, part, ValueKind::kString);
  }
  return position(text.string(), text.string().find(part.string()));
}

Value last_index_of(const Value& text, const Value& part, Arena&) {
  if (text.kind != ValueKind::kString || part.kind != ValueKind::kString) {
    return operand_error(text, part, ValueKind::kString);
  }
  return position(text.string(), text.string().rfind(part.string()));
}

Value substring(std::span<const Value> args, Arena&) {
  Value error;
  if (!all_are(args.first(1), ValueKind::kString, error) || !all_are(args.subspan(1), ValueKind::kInt, error)) {
    return error;
  }
  const std::string_view text = args[0].string();
  const std::size_t begin = byte_of(text, args[1].integer);
  const std::size_t end = args.size() == 3 ? byte_of(text, args[2].integer) : text.size();
  if (begin == std::string_view::npos || end == std::string_view::npos || begin > end) {
    return Value::error(Failure::kConversion);
  }
  return Value::of_string(text.substr(begin, end - begin));
}

Value replace(std::span<const Value> args, Arena& arena) {
  Value error;
  if (!all_are(args, ValueKind::kString, error)) {
    return error;
  }
  const std::string_view text = args[0].string();
  const std::string_view old = args[1].string();
  const std::string_view by = args[2].string();
  std::size_t places = 0;
  each_place(text, old, [&](std::size_t) { ++places; });
  if (places == 0) {
    return args[0];
  }
  const std::size_t size = text.size() - places * old.size() + places * by.size();
  if (size > kLargestText) {
    return Value::error(Failure::kOverflow);
  }
  char* const begin = arena.allocate(size);
  char* out = begin;
  std::size_t copied = 0;
  each_place(text, old, [&](std::size_t at) {
    out = std::copy(text.begin() + copied, text.begin() + at, out);
    out = std::copy(by.begin(), by.end(), out);
    copied = at + old.size();
  });
  std::copy(text.begin() + copied, text.end(), out);
  return Value::of_string({begin, size});
}

Expected<BoundFunction> prepare_split(Node& call, const Schema&) {
  const auto* const index = call.path.steps.size() == 1 ? std::get_if<std::uint32_t>(&call.path.steps[0]) : nullptr;
  if (index == nullptr) {
    return error_at(call.column, "split() needs the index of one part, as in text.split(\",\")[0]");
  }
  if (call.args[1]->text.empty()) {
    return error_at(call.args[1]->column, "the separator of split() must not be empty; substring() gives characters");
  }
  return BoundFunction([separator = call.args[1]->text, wanted = *index](const Value& operand, Arena&) {
    if (operand.kind != ValueKind::kString) {
      return operand_error(operand);
    }
    std::string_view rest = operand.string();
    for (std::uint32_t part = 0; part < wanted; ++part) {
      const std::size_t end = rest.find(separator);
      if (end == std::string_view::npos) {
        return Value::error(Failure::kMissingField);
      }
      rest.remove_prefix(end + separator.size());
    }
    return Value::of_string(rest.substr(0, rest.find(separator)));
  });
}

}  // namespace leeway::expr
