#include "agent/core/private_text.h"

#include "agent/core/redaction.h"
#include "agent/core/utf8.h"
#include "agent/core/value_text.h"

namespace leeway {
namespace {

Redaction everything() {
  Redaction redaction;
  for (const std::string& name : Redaction::names()) {
    redaction.add_named(name);
  }
  return redaction;
}

}  // namespace

std::string hide_private(std::string_view text) {
  static const Redaction redaction = everything();
  constexpr std::size_t kLooked = 4096;  // bytes
  const std::string_view looked = utf8_prefix(text, kLooked);
  std::string hidden;
  return redaction.apply(looked, hidden) ? hidden : std::string(looked);
}

std::string shown_example(std::string_view field, const Value& value) {
  const bool is_text = value.kind == ValueKind::kString;
  const bool is_whole = value.is_integer();
  if ((is_text || is_whole) && is_name_of_secret(field)) {
    return is_text ? "\"<token>\"" : "<token>";
  }
  if (!is_text && !is_whole) {
    return shown_value(value);
  }
  const std::string hidden = hide_private(is_text ? value.string() : shown_value(value));
  return is_text ? shown_value(Value::of_string(hidden)) : hidden;
}

}  // namespace leeway
