#include "agent/config/toml_document.h"

#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace leeway {
namespace {

// Each dot of a key nests a table, and toml++ limits the nesting of values only: neither its recursion nor that of
// traversing its tables may exhaust the stack. Dots of short runs are not counted: sentences and numbers contain some.
constexpr std::ptrdiff_t kShortRun = 32;
constexpr std::ptrdiff_t kMostDots = 16 * 1024;

bool may_nest_too_deep(std::string_view text) {
  std::ptrdiff_t dots = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::ptrdiff_t in_line = std::count(line.begin(), line.end(), '.');
    dots += in_line > kShortRun ? in_line : 0;
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return dots > kMostDots;
}

std::size_t depth_of(const toml::node& node, std::size_t limit) {
  std::size_t deepest = 0;
  const auto look_at = [&](const toml::node& child) {
    if (deepest < limit) {
      deepest = std::max(deepest, depth_of(child, limit - 1));
    }
  };
  if (limit == 0) {
    return 1;
  }
  if (const toml::table* const table = node.as_table()) {
    for (const auto& [key, value] : *table) {
      look_at(value);
    }
    return deepest + 1;
  }
  if (const toml::array* const array = node.as_array()) {
    for (const toml::node& value : *array) {
      look_at(value);
    }
    return deepest + 1;
  }
  return 0;
}

template <typename Time>
std::string print(const Time& time) {
  std::ostringstream out;
  out << time;
  return out.str();
}

void visit(const toml::node& node, TomlVisitor& visitor) {
  if (const toml::table* const table = node.as_table()) {
    visitor.begin_table();
    for (const auto& [key, value] : *table) {
      visitor.key(key.str());
      visit(value, visitor);
    }
    visitor.end_table();
  } else if (const toml::array* const array = node.as_array()) {
    visitor.begin_array();
    for (const toml::node& value : *array) {
      visit(value, visitor);
    }
    visitor.end_array();
  } else if (const auto* const text = node.as_string()) {
    visitor.text(text->get());
  } else if (const auto* const integer = node.as_integer()) {
    visitor.integer(integer->get());
  } else if (const auto* const number = node.as_floating_point()) {
    visitor.number(number->get());
  } else if (const auto* const boolean = node.as_boolean()) {
    visitor.boolean(boolean->get());
  } else if (const auto* const date = node.as_date()) {
    visitor.text(print(date->get()));
  } else if (const auto* const time = node.as_time()) {
    visitor.text(print(time->get()));
  } else if (const auto* const both = node.as_date_time()) {
    visitor.text(print(both->get()));
  }
}

}  // namespace

Expected<void> visit_toml(std::string_view text, std::size_t max_depth, TomlVisitor& visitor) {
  const Error too_deep{ErrorCode::kLimit, "nests deeper than " + std::to_string(max_depth) + " levels"};
  if (may_nest_too_deep(text)) {
    return too_deep;
  }
  try {
    const toml::table document = toml::parse(text);
    if (depth_of(document, max_depth + 1) > max_depth) {
      return too_deep;
    }
    visit(document, visitor);
    return {};
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    return Error{ErrorCode::kCorrupt, std::string(error.description()), {"", at.line, at.column}};
  }
}

}  // namespace leeway
