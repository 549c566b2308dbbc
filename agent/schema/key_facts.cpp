#include "agent/schema/key_facts.h"

#include <algorithm>

namespace leeway {
namespace {

// The wider limit: one reader of a key may take more than another.
template <typename Wider>
void widen(std::optional<std::int64_t>& limit, const std::optional<std::int64_t>& other, bool first, Wider wider) {
  limit = first ? other : limit && other ? std::optional(wider(*limit, *other)) : std::nullopt;
}

}  // namespace

void KeyFacts::add(const KeyUse& use) {
  if (has_type(use.types, KeyType::kInteger)) {
    const bool first = !has_type(types, KeyType::kInteger);
    widen(minimum, use.minimum, first, [](std::int64_t a, std::int64_t b) { return std::min(a, b); });
    widen(maximum, use.maximum, first, [](std::int64_t a, std::int64_t b) { return std::max(a, b); });
  }
  types = types | use.types;
  form = use.form == TextForm::kAny ? form : use.form;
  for (const std::string& word : use.words) {
    if (std::find(words.begin(), words.end(), word) == words.end()) {
      words.push_back(word);
    }
  }
  required = required || use.required;
  if (use.otherwise) {
    depends = depends || (otherwise && *otherwise != *use.otherwise);
    otherwise = depends ? std::nullopt : use.otherwise;
  }
}

}  // namespace leeway
