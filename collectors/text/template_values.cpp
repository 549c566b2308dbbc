#include "collectors/text/template_values.h"

#include <algorithm>

#include "agent/core/ascii.h"
#include "agent/core/duration_text.h"
#include "collectors/decode/json_scalars.h"
#include "collectors/text/escapes.h"
#include "collectors/text/http_request.h"

namespace leeway {
namespace {

constexpr std::size_t kLongestPartNumber = 64;

std::size_t digits_at(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && is_digit(text[end]) && end - from < kLongestPartNumber) {
    ++end;
  }
  return end - from;
}

// The number at the front of `text` as JSON writes it: without '+' and without zeros before it, except that a number
// below 0 with such zeros stays as it is. Null pointer where a '-' stands for it; empty where there is none.
std::string_view take_number_text(std::string_view& text, bool has_fraction) {
  const std::size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  std::size_t size = digits_at(text, sign);
  if (size == 0) {
    const bool is_dash = text.starts_with('-');
    text.remove_prefix(is_dash ? 1 : 0);
    return is_dash ? std::string_view() : std::string_view("");
  }
  size += sign;
  if (has_fraction && size + 1 < text.size() && text[size] == '.' && is_digit(text[size + 1])) {
    size += 1 + digits_at(text, size + 1);
    const std::size_t exponent_sign =
        size + 1 < text.size() && (text[size + 1] == '-' || text[size + 1] == '+') ? 1 : 0;
    if (size < text.size() && (text[size] | 0x20) == 'e' && digits_at(text, size + 1 + exponent_sign) > 0) {
      size += 1 + exponent_sign + digits_at(text, size + 1 + exponent_sign);
    }
  }
  std::string_view number = text.substr(0, size);
  text.remove_prefix(size);
  number.remove_prefix(number[0] == '+' ? 1 : 0);
  while (number.size() > 1 && number[0] == '0' && is_digit(number[1])) {
    number.remove_prefix(1);
  }
  return number;
}

bool take_number_part(std::string_view& text, bool has_fraction, Part& part) {
  const std::string_view number = take_number_text(text, has_fraction);
  part.set(number.data() == nullptr ? PartKind::kNull : PartKind::kCell, number);
  return number.data() == nullptr || !number.empty();
}

// Digits with a fraction; 0 where there are none.
std::size_t amount_size(std::string_view text) {
  const std::size_t whole = digits_at(text, 0);
  const std::size_t point = text.substr(whole).starts_with('.') ? digits_at(text, whole + 1) : 0;
  return whole == 0 ? 0 : whole + (point == 0 ? 0 : 1 + point);
}

// Letters, of which either mu is one.
std::size_t unit_size(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && end < kLongestPartNumber) {
    const std::string_view rest = text.substr(end);
    const bool mu = rest.starts_with("\xc2\xb5") || rest.starts_with("\xce\xbc");
    if (!mu && !is_letter(rest.front())) {
      break;
    }
    end += mu ? 2 : 1;
  }
  return end;
}

// Of the duration at the front of `text`; 0 where there is none.
std::size_t measured_size(std::string_view text) {
  std::size_t end = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  if (text.substr(end).starts_with('P')) {
    while (end < text.size() && end < kLongestPartNumber &&
           (is_letter(text[end]) || is_digit(text[end]) || text[end] == '.')) {
      ++end;
    }
    return end;
  }
  for (std::size_t amount = amount_size(text.substr(end)); amount > 0; amount = amount_size(text.substr(end))) {
    const std::string_view after = text.substr(end + amount);
    if (after.starts_with(':') && amount_size(after.substr(1)) > 0) {  // of a clock
      end += amount + 1;
      continue;
    }
    const std::size_t blank = after.starts_with(' ') ? 1 : 0;
    std::size_t unit = unit_size(after.substr(blank));
    Duration one{};
    if (blank > 0 && read_duration(text.substr(end, amount + blank + unit), one) != Failure::kNone) {
      unit = 0;  // a word after a number
    }
    const bool clock = end > 0 && text[end - 1] == ':';
    if (clock || unit == 0) {
      return clock || text.substr(end, amount) == "0" ? end + amount : 0;
    }
    end += amount + blank + unit;
  }
  return end;
}

// A list's text, without the quotes around it.
bool take_list(std::string_view& text, std::string_view& list) {
  if (text.starts_with('"')) {
    return take_quoted(text, list);
  }
  std::size_t size = 0;
  while (size < text.size() && !is_blank(text[size])) {
    const std::size_t blank = std::min(find_blank(text, size), text.size());
    const bool goes_on = text[blank - 1] == ',' || text.substr(blank).starts_with(" : ");
    size = !goes_on ? blank : text[blank - 1] == ',' ? blank + 1 : blank + 3;
    if (!goes_on) {
      break;
    }
  }
  size = std::min(size, text.size());
  list = text.substr(0, size);
  text.remove_prefix(size);
  return !list.empty();
}

// The next element of a list; "" at its end.
std::string_view next_element(std::string_view& list) {
  list.remove_prefix(std::min(list.find_first_not_of(" ,:\t"), list.size()));
  const std::string_view element = list.substr(0, list.find_first_of(" ,\t"));
  list.remove_prefix(element.size());
  return element;
}

}  // namespace

bool take_integer(std::string_view& text, Part& part) { return take_number_part(text, false, part); }

bool take_decimal(std::string_view& text, Part& part) { return take_number_part(text, true, part); }

bool take_duration(std::string_view& text, double per_second, Part& part) {
  const std::string_view number = take_number_text(text, true);
  if (number.data() != nullptr && number.empty()) {
    return false;
  }
  const Value value = number.empty() ? Value::null() : parse_json_number(number);
  if (value.is_number() && value.as_double() >= 0) {
    part.set_number(value.as_double() / per_second);
  } else {
    part.set(PartKind::kNull, {});
  }
  return true;
}

bool take_measured(std::string_view& text, Part& part) {
  const std::string_view measured = text.substr(0, measured_size(text));
  Duration duration{};
  if (measured.empty() || read_duration(measured, duration) != Failure::kNone) {
    const bool is_dash = text.starts_with('-') && digits_at(text, 1) == 0;
    text.remove_prefix(is_dash ? 1 : 0);
    part.set(PartKind::kNull, {});
    return is_dash;
  }
  text.remove_prefix(measured.size());
  if (duration < Duration::zero()) {
    part.set(PartKind::kNull, {});
  } else {
    part.set_number(to_seconds(duration));
  }
  return true;
}

bool take_quoted(std::string_view& text, std::string_view& content) {
  if (!text.starts_with('"')) {
    return false;
  }
  const char* const begin = text.data() + 1;
  const char* const end = text.data() + text.size();
  const char* close = find_closing_quote(begin, end);
  if (close == nullptr) {
    const std::size_t last = text.rfind('"');  // a backslash before it is no escape: not all servers write them
    if (last == 0) {
      return false;
    }
    close = text.data() + last;
  }
  content = {begin, static_cast<std::size_t>(close - begin)};
  text.remove_prefix(content.size() + 2);
  return true;
}

bool take_request(std::string_view& text, std::string_view& content) {
  if (!text.starts_with('"')) {
    return false;
  }
  const char* const begin = text.data() + 1;
  const char* const close = find_request_end(begin, text.data() + text.size());
  if (close == nullptr) {
    return false;
  }
  content = {begin, static_cast<std::size_t>(close - begin)};
  text.remove_prefix(content.size() + 2);
  return true;
}

bool take_sum(std::string_view& text, Part& part) {
  std::string_view list;
  if (!take_list(text, list)) {
    return false;
  }
  part.set(PartKind::kNull, {});
  double sum = 0;
  for (std::string_view element = next_element(list); !element.empty(); element = next_element(list)) {
    const Value value = parse_json_number(element);
    if (value.is_number()) {
      sum += value.as_double();
      part.set_number(sum);
    } else if (element != "-") {
      return false;
    }
  }
  return true;
}

bool take_last(std::string_view& text, Part& part) {
  std::string_view list;
  if (!take_list(text, list)) {
    return false;
  }
  part.set(PartKind::kNull, {});
  for (std::string_view element = next_element(list); !element.empty(); element = next_element(list)) {
    if (element != "-") {
      part.set(PartKind::kCell, element);
    }
  }
  return true;
}

}  // namespace leeway
