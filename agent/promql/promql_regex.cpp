#include "agent/promql/promql_regex.h"

#include <re2/re2.h>

#include <algorithm>
#include <vector>

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

// The group of a name or number; "" where there is none, as Go's Expand does.
std::string group_of(std::string_view name, const RE2& pattern, const std::vector<re2::StringPiece>& groups) {
  std::size_t index = 0;
  if (!name.empty() && std::all_of(name.begin(), name.end(), is_digit)) {
    index = name.size() < 4 ? std::stoul(std::string(name)) : groups.size();
  } else {
    const auto found = pattern.NamedCapturingGroups().find(std::string(name));
    index = found == pattern.NamedCapturingGroups().end() ? groups.size() : static_cast<std::size_t>(found->second);
  }
  return index < groups.size() ? std::string(groups[index]) : std::string();
}

}  // namespace

std::optional<std::string> replace_match(std::string_view pattern, std::string_view value,
                                         std::string_view replacement) {
  const RE2 compiled("(?:" + std::string(pattern) + ")", quiet());
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(std::max(0, compiled.NumberOfCapturingGroups())) + 1);
  if (!compiled.ok() || !compiled.Match({value.data(), value.size()}, 0, value.size(), RE2::ANCHOR_BOTH, groups.data(),
                                        static_cast<int>(groups.size()))) {
    return std::nullopt;
  }
  const auto is_word = [](char c) { return starts_name(c) || is_digit(c); };
  std::string out;
  while (!replacement.empty()) {
    const bool variable = replacement.front() == '$' && replacement.size() > 1;
    const bool brace = variable && replacement[1] == '{';
    const auto* const begin = replacement.begin() + (brace ? 2 : 1);
    const auto* const end = variable ? std::find_if_not(begin, replacement.end(), is_word) : begin;
    const bool closed = !brace || (end != replacement.end() && *end == '}');
    if (variable && replacement[1] == '$') {
      out += '$';
      replacement.remove_prefix(2);
    } else if (variable && end != begin && closed) {
      out += group_of({begin, static_cast<std::size_t>(end - begin)}, compiled, groups);
      replacement.remove_prefix(static_cast<std::size_t>(end - replacement.begin()) + (brace ? 1 : 0));
    } else {
      out += replacement.front();
      replacement.remove_prefix(1);
    }
  }
  return out;
}

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
