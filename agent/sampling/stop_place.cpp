#include "agent/sampling/stop_place.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/core/record_batch.h"
#include "collectors/builtin.h"
#include "collectors/text/template_parser.h"
#include "collectors/text/template_pattern.h"

namespace leeway {
namespace {

constexpr std::size_t kLongestPattern = 2000;  // bytes; each of its beginnings is tried

// A template of a pattern's beginning, with all that follows as a part of its own.
std::optional<std::size_t> end_of_beginning(std::string_view beginning, std::string_view line) {
  constexpr const char* kRest = "leeway_rest";
  Expected<TemplatePattern> pattern = TemplatePattern::compile(std::string(beginning) + "{" + std::string(kRest) + "}");
  if (!pattern) {
    return std::nullopt;
  }
  TemplateParser parser(std::make_shared<const TemplatePattern>(std::move(*pattern)));
  const std::optional<std::size_t> slot = parser.want({{std::string(kRest)}});
  std::vector<Part> parts(parser.slots());
  RecordBatch batch;
  DecodeCounts counts;
  char* const text = batch.allocate(line.size() + kPadding);
  std::memcpy(text, line.data(), line.size());
  std::memset(text + line.size(), ' ', kPadding);
  const std::string_view copy{text, line.size()};
  if (!slot || !parser.split(copy, parts, batch, counts) || parts[*slot].text.data() < copy.data() ||
      parts[*slot].text.data() > copy.data() + copy.size()) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(parts[*slot].text.data() - copy.data());
}

std::size_t stop_of_template(std::string_view pattern, std::string_view line) {
  for (std::size_t size = std::min(pattern.size(), kLongestPattern); size > 0; --size) {
    if (const std::optional<std::size_t> end = end_of_beginning(pattern.substr(0, size), line)) {
      return *end;
    }
  }
  return 0;
}

// How many parentheses are open at the end; none inside of a set of characters or after a backslash.
std::optional<std::size_t> open_groups(std::string_view pattern) {
  std::size_t open = 0;
  bool in_set = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      if (++i == pattern.size()) {
        return std::nullopt;
      }
    } else if (in_set) {
      in_set = pattern[i] != ']';
    } else if (pattern[i] == '[') {
      in_set = true;
      i += pattern.substr(i + 1).starts_with("^]") ? 2 : pattern.substr(i + 1).starts_with("]") ? 1 : 0;
    } else if (pattern[i] == '(') {
      ++open;
    } else if (pattern[i] == ')') {
      open -= open > 0 ? 1 : 0;
    }
  }
  return in_set ? std::nullopt : std::optional(open);
}

std::size_t stop_of_regex(std::string_view pattern, std::string_view line) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  for (std::size_t size = std::min(pattern.size(), kLongestPattern); size > 0; --size) {
    const std::string_view beginning = pattern.substr(0, size);
    const std::optional<std::size_t> open = open_groups(beginning);
    if (!open) {
      continue;
    }
    const re2::RE2 expression(std::string(beginning) + std::string(*open, ')'), options);
    const re2::StringPiece text{line.data(), line.size()};
    re2::StringPiece found;
    if (expression.ok() && expression.Match(text, 0, text.size(), re2::RE2::UNANCHORED, &found, 1)) {
      return static_cast<std::size_t>(found.data() - line.data()) + found.size();
    }
  }
  return 0;
}

// The first byte of the string or number that ends at `at`.
std::size_t begin_of_token(std::string_view line, std::size_t at) {
  const auto of_number = [&](std::size_t i) { return std::isalnum(static_cast<unsigned char>(line[i])) != 0; };
  if (at >= line.size() || (line[at] != '"' && !of_number(at))) {
    return at;
  }
  const bool text = line[at] == '"';
  std::size_t begin = at;
  while (begin > 0 && (text ? line[begin - 1] != '"' : of_number(begin - 1))) {
    --begin;
  }
  return text && begin > 0 ? begin - 1 : begin;
}

std::optional<std::size_t> stop_of_json(std::string_view line) {
  const auto begin = std::find_if(line.begin(), line.end(), [](unsigned char c) { return std::isspace(c) == 0; });
  if (begin == line.end() || *begin != '{') {
    return std::nullopt;  // all of it is something else
  }
  try {
    [[maybe_unused]] const nlohmann::json parsed = nlohmann::json::parse(line.begin(), line.end());
  } catch (const nlohmann::json::parse_error& error) {
    return begin_of_token(line, std::min(line.size(), error.byte > 0 ? error.byte - 1 : 0));
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
  return std::nullopt;
}

const std::string* text_at(const ConfigTable& table, const char* key) {
  const ConfigValue* const value = table.find(key);
  return value == nullptr ? nullptr : value->get_if<std::string>();
}

std::optional<std::size_t> stop_of_named(const std::string& format, const std::string* pattern, std::string_view line) {
  if (format == "json" || format == "jsonl") {
    return stop_of_json(line);
  }
  if (pattern != nullptr && (format == "regex" || format == "template")) {
    return format == "regex" ? stop_of_regex(*pattern, line) : stop_of_template(*pattern, line);
  }
  const std::span<const FormatKind> kinds = builtin_formats();
  const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const FormatKind& each) { return each.name == format && !each.pattern.empty(); });
  return kind == kinds.end() ? std::nullopt : std::optional(stop_of_template(kind->pattern, line));
}

}  // namespace

std::optional<std::size_t> stop_of(const ConfigTable& source, std::string_view line) {
  const ConfigValue* const format = source.find("format");
  if (format == nullptr) {
    return std::nullopt;
  }
  if (const auto* const name = format->get_if<std::string>()) {
    return stop_of_named(*name, text_at(source, "pattern"), line);
  }
  if (const auto* const table = format->get_if<ConfigTable>()) {
    return stop_of(*table, line);
  }
  std::optional<std::size_t> farthest;
  const auto* const list = format->get_if<ConfigArray>();
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const ConfigValue& each = (*list)[i];
    const auto* const name = each.get_if<std::string>();
    const auto* const table = each.get_if<ConfigTable>();
    const std::optional<std::size_t> stop = name != nullptr    ? stop_of_named(*name, nullptr, line)
                                            : table != nullptr ? stop_of(*table, line)
                                                               : std::nullopt;
    farthest = stop && (!farthest || *stop > *farthest) ? stop : farthest;
  }
  return farthest;
}

}  // namespace leeway
