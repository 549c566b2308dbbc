#include "agent/promql/selector.h"

namespace leeway {

std::string quote_promql(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string Selector::to_string(std::string_view suffix, const std::vector<LabelMatcher>& extra) const {
  std::string text = metric + std::string(suffix);
  std::vector<LabelMatcher> all = matchers;
  all.insert(all.end(), extra.begin(), extra.end());
  std::string inside;
  for (const LabelMatcher& matcher : all) {
    inside += (inside.empty() ? "" : ", ") + matcher.label + matcher.op + quote_promql(matcher.value);
  }
  return all.empty() ? text : text + "{" + inside + "}";
}

Expected<Selector> parse_selector(std::string_view text) { return Selector{std::string(text), {}}; }

}  // namespace leeway
