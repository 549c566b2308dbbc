#include "agent/promql/promql_regex.h"

#include <re2/re2.h>

#include <algorithm>

#include "agent/core/ascii.h"

namespace leeway::promql {
namespace {

bool starts_name(char c) { return is_letter(c) || c == '_'; }

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

// Every "$name" and "${...}" replaced by a letter, which is valid wherever a value is.
std::string filled_in(std::string_view value) {
  std::string out;
  while (!value.empty()) {
    const std::size_t name = value.substr(0, 2) == "${" ? 2 : 1;
    const bool variable = value.front() == '$' && value.size() > name && starts_name(value[name]);
    if (!variable) {
      out += value.front();
      value.remove_prefix(1);
      continue;
    }
    out += 'x';
    const auto is_word = [](char c) { return starts_name(c) || is_digit(c); };
    const auto* const end = value[1] == '{' ? std::find(value.begin(), value.end(), '}')
                                            : std::find_if_not(value.begin() + 1, value.end(), is_word);
    const bool brace = value[1] == '{' && end != value.end();
    value.remove_prefix(static_cast<std::size_t>(end - value.begin()) + (brace ? 1 : 0));
  }
  return out;
}

}  // namespace

bool has_variable(std::string_view value) { return filled_in(value) != value || value.find("[[") != value.npos; }

std::string pattern_error(std::string_view pattern) {
  const RE2 compiled("^(?:" + filled_in(pattern) + ")$", quiet());
  return compiled.ok() ? "" : compiled.error();
}

bool has_metacharacter(std::string_view pattern) { return pattern.find_first_of("\\.+*?()|[]{}^$") != pattern.npos; }

bool has_anchor(std::string_view pattern) {
  if (pattern.empty() || pattern.front() == '^') {
    return !pattern.empty();
  }
  const std::size_t last = pattern.find_last_not_of('\\', pattern.size() - 2);
  const std::size_t backslashes = pattern.size() - 2 - last;
  return pattern.back() == '$' && (pattern.size() == 1 || backslashes % 2 == 0);
}

bool matches(const LabelMatcher& matcher, std::string_view value) {
  if (matcher.op == "=" || matcher.op == "!=") {
    return (matcher.op == "=") == (matcher.value == value);
  }
  const RE2 compiled("(?:" + filled_in(matcher.value) + ")", quiet());
  return (matcher.op == "=~") == RE2::FullMatch(re2::StringPiece(value.data(), value.size()), compiled);
}

bool matches_empty(const LabelMatcher& matcher) { return matches(matcher, ""); }

}  // namespace leeway::promql
