#include "agent/config/variables.h"

#include <cstdlib>

#include "agent/core/ascii.h"
#include "agent/core/utf8.h"

namespace leeway {
namespace {

constexpr std::string_view kBegin = "${";
constexpr std::string_view kLiteral = "$${";
constexpr std::string_view kFallback = ":-";
constexpr std::size_t kShown = 40;  // bytes of a wrong form, in its message

// As long as the name that `text` begins with.
std::size_t name_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && (is_letter(text[size]) || text[size] == '_' || (size > 0 && is_digit(text[size])))) {
    ++size;
  }
  return size;
}

// What follows `${` where a variable may be meant: a name, nothing or a blank, but neither a digit nor an operator.
bool may_be_variable(std::string_view rest) {
  return name_size(rest) > 0 || rest.starts_with('}') || rest.starts_with(' ') || rest.starts_with('\t');
}

Error wrong_form(std::string_view from) {
  const std::size_t end = from.find('}');
  const std::string shown(utf8_prefix(from.substr(0, end == std::string_view::npos ? end : end + 1), kShown));
  return {ErrorCode::kConfiguration, "'" + shown +
                                         "' is not a variable of the environment; expected ${NAME} or "
                                         "${NAME:-default}, or $${ for the text ${ itself"};
}

bool is_utf8(std::string_view text) {
  std::string repaired;
  append_valid_utf8(repaired, text, repaired_capacity(text.size()));
  return repaired == text;
}

}  // namespace

std::optional<std::string> process_variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nothing changes it
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Expected<std::string> Variables::replace(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t dollar = text.find('$');
    out += text.substr(0, dollar);
    text.remove_prefix(dollar == std::string_view::npos ? text.size() : dollar);
    if (text.starts_with(kLiteral)) {
      out += kBegin;
      text.remove_prefix(kLiteral.size());
      continue;
    }
    if (!text.starts_with(kBegin) || !may_be_variable(text.substr(kBegin.size()))) {
      out += text.substr(0, 1);
      text.remove_prefix(text.empty() ? 0 : 1);
      continue;
    }
    std::string_view rest = text.substr(kBegin.size());
    const std::string name(rest.substr(0, name_size(rest)));
    rest.remove_prefix(name.size());
    const bool has_fallback = rest.starts_with(kFallback);
    rest.remove_prefix(has_fallback ? kFallback.size() : 0);
    const std::size_t end = rest.find('}');
    const std::string_view fallback = rest.substr(0, end);
    if (name.empty() || end == std::string_view::npos || (!has_fallback && end > 0) ||
        fallback.find(kBegin) != std::string_view::npos) {
      return wrong_form(text);
    }
    Expected<std::string> found = value(name, has_fallback ? std::optional<std::string>(fallback) : std::nullopt);
    if (!found) {
      return found;
    }
    out += *found;
    text = rest.substr(end + 1);
  }
  return out;
}

Expected<std::string> Variables::value(const std::string& name, const std::optional<std::string>& fallback) {
  std::optional<std::string> set = environment_(name);
  if (set && fallback && set->empty()) {
    set.reset();
  }
  if (!set && !fallback) {
    return Error{ErrorCode::kConfiguration, "the environment variable " + name +
                                                " is not set; expected it to be set, or ${" + name +
                                                ":-default}, or $${" + name + "} for this text itself"};
  }
  if (set && !is_utf8(*set)) {
    return Error{ErrorCode::kConfiguration, "the value of the environment variable " + name + " is not valid UTF-8"};
  }
  used_[name] |= set.has_value();
  if (!set) {
    return *fallback;
  }
  return *std::move(set);
}

}  // namespace leeway
