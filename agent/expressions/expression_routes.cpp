#include "agent/expressions/expression_routes.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/arena.h"
#include "agent/core/ascii.h"
#include "agent/expressions/expression_lexer.h"
#include "agent/expressions/expression_operators.h"

namespace leeway::expr {
namespace {

constexpr std::size_t kMostSegments = 6;
constexpr std::size_t kLongestSegment = 24;
constexpr std::size_t kShortestHash = 8;
constexpr std::size_t kDigitsInARow = 3;
constexpr std::string_view kId = "{id}";

bool is_hex(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

bool is_uuid(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(),
                    [](char c, char shape) { return shape == '-' ? c == '-' : is_hex(c); });
}

bool is_version(std::string_view text) {
  return text.size() > 1 && to_lower(text[0]) == 'v' && std::all_of(text.begin() + 1, text.end(), is_digit);
}

bool has_digits_in_a_row(std::string_view text) {
  std::size_t row = 0;
  return std::any_of(text.begin(), text.end(), [&row](char c) {
    row = is_digit(c) ? row + 1 : 0;
    return row == kDigitsInARow;
  });
}

bool is_id(std::string_view text) {
  if (text.size() > kLongestSegment) {
    return true;
  }
  if (is_version(text)) {
    return false;
  }
  const bool digits = std::all_of(text.begin(), text.end(), is_digit);
  const bool hash = text.size() >= kShortestHash && std::all_of(text.begin(), text.end(), is_hex) &&
                    std::any_of(text.begin(), text.end(), is_digit);
  return digits || hash || text.find_first_of("%@,") != std::string_view::npos || has_digits_in_a_row(text) ||
         is_uuid(text);
}

// Removes the next segment that is not empty from the front of `path`, without "/" and ";..."; empty at the end.
std::string_view take_segment(std::string_view& path) {
  while (!path.empty()) {
    path.remove_prefix(path.front() == '/' ? 1 : 0);
    const std::string_view whole = path.substr(0, path.find('/'));
    path.remove_prefix(whole.size());
    if (const std::string_view segment = whole.substr(0, whole.find(';')); !segment.empty()) {
      return segment;
    }
  }
  return {};
}

// The path of a path with a query or of a URL; empty for anything else.
std::string_view path_of(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://", "ws://", "wss://"}) {
    if (text.starts_with(scheme)) {
      text.remove_prefix(scheme.size());
      text.remove_prefix(std::min(text.find_first_of("/?#"), text.size()));
      if (!text.starts_with('/')) {
        return "/";
      }
    }
  }
  return text.starts_with('/') ? text.substr(0, text.find_first_of("?#")) : std::string_view();
}

struct Rule {
  std::string text;

  bool matches(std::string_view path) const {
    std::string_view rest = text;
    while (true) {
      const std::string_view wanted = take_segment(rest);
      if (wanted == "*" && rest.empty()) {
        return true;
      }
      const std::string_view segment = take_segment(path);
      if (wanted.empty() || segment.empty()) {
        return wanted.empty() && segment.empty();
      }
      const bool any = wanted.front() == '{' && wanted.back() == '}';
      if (!any && wanted != segment) {
        return false;
      }
    }
  }
};

Value route_of(std::string_view path, Arena& arena) {
  std::array<char, kMostSegments*(kLongestSegment + 1) + 2> buffer{};
  char* out = buffer.data();
  const auto append = [&out](std::string_view text) {
    *out++ = '/';
    out = std::copy(text.begin(), text.end(), out);
  };
  for (std::size_t segments = 0;; ++segments) {
    const std::string_view segment = take_segment(path);
    if (segment.empty()) {
      break;
    }
    if (segments == kMostSegments) {
      append("*");
      break;
    }
    append(is_id(segment) ? kId : segment);
  }
  if (out == buffer.data()) {
    return Value::of_string("/");
  }
  return Value::of_string(arena.copy({buffer.data(), static_cast<std::size_t>(out - buffer.data())}));
}

}  // namespace

Expected<BoundFunction> prepare_route(Node& call, const Schema&) {
  std::vector<Rule> rules;
  for (std::size_t i = 1; i < call.args.size(); ++i) {
    if (!call.args[i]->text.starts_with('/')) {
      return error_at(call.args[i]->column, "a rule of route() is a path, as in \"/items/{id}\" or \"/static/*\"");
    }
    rules.push_back({call.args[i]->text});
  }
  return BoundFunction([rules = std::move(rules)](const Value& operand, Arena& arena) {
    if (operand.kind != ValueKind::kString) {
      return operand_error(operand);
    }
    const std::string_view path = path_of(operand.string());
    if (path.empty()) {
      return Value::of_string("other");
    }
    const auto rule = std::find_if(rules.begin(), rules.end(), [path](const Rule& one) { return one.matches(path); });
    return rule == rules.end() ? route_of(path, arena) : Value::of_string(rule->text);
  });
}

}  // namespace leeway::expr
