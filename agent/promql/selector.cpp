#include "agent/promql/selector.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "agent/core/utf8.h"
#include "agent/promql/promql_lexer.h"
#include "agent/promql/promql_parser.h"

namespace leeway {
namespace {

bool is_metric_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
  };
  const auto is_word = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_word);
}

}  // namespace

std::string quote_promql(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string valid;
  append_valid_utf8(valid, text, std::numeric_limits<std::size_t>::max());
  std::string out = "\"";
  for (const char c : valid) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\x";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string Selector::to_string(std::string_view suffix, const std::vector<LabelMatcher>& extra) const {
  std::string inside;
  const auto append = [&](const LabelMatcher& matcher) {
    inside += (inside.empty() ? "" : ", ") + matcher.label + matcher.op + quote_promql(matcher.value);
  };
  std::for_each(matchers.begin(), matchers.end(), append);
  std::for_each(extra.begin(), extra.end(), append);
  return metric + std::string(suffix) + (inside.empty() ? "" : "{" + inside + "}");
}

Expected<Selector> parse_selector(std::string_view text) {
  Expected<std::unique_ptr<promql::Node>> tree = promql::parse(text);
  if (!tree) {
    return std::move(tree).error();
  }
  promql::Node& node = **tree;
  if (node.kind != promql::NodeKind::kSelector || node.has_range || node.has_back || node.has_at) {
    return promql::error_at(node.offset, "expected only a metric with its labels, such as name{label=\"value\"}");
  }
  Selector selector = std::move(node.selector);
  const auto names = [](const LabelMatcher& matcher) { return matcher.label == "__name__" && matcher.op == "="; };
  if (const auto name = std::find_if(selector.matchers.begin(), selector.matchers.end(), names);
      name != selector.matchers.end()) {
    selector.metric = std::move(name->value);
    selector.matchers.erase(name);
  }
  if (!is_metric_name(selector.metric)) {
    return promql::error_at(node.offset, "expected the name of a metric");
  }
  return selector;
}

std::string one_of(std::string_view label, const std::vector<std::string>& values) {
  if (values.size() == 1) {
    return std::string(label) + "=" + quote_promql(values.front());
  }
  std::string pattern;
  for (const std::string& value : values) {
    pattern += pattern.empty() ? "" : "|";
    for (const char c : value) {
      pattern += std::string_view("\\.+*?()[]{}|^$").find(c) == std::string_view::npos ? "" : "\\";
      pattern += c;
    }
  }
  return std::string(label) + "=~" + quote_promql(pattern);
}

}  // namespace leeway
