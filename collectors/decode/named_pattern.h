// A regular expression whose named groups are fields: "(?P<step>[0-9]+) (?P<loss>[^ ]+)". Used for the lines of the
// `regex` format and for the paths of a source's files.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "collectors/decode/step_pattern.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace leeway {

class NamedPattern {
 public:
  // RE2's syntax, so that matching takes time linear in the text. Error: kConfiguration, also if no group has a name.
  static Expected<NamedPattern> compile(const std::string& pattern);

  struct Column {
    std::size_t group;
    FieldId column;
  };
  // The groups that are fields of the schema.
  std::vector<Column> columns(const Schema& schema) const;
  // The group of this name.
  std::optional<std::size_t> group_of(const FieldPath& field) const;
  // The number of groups, including the whole match.
  std::size_t groups() const;
  // The pattern as it is written.
  const std::string& text() const;
  // Whether the pattern is found in `text`; `found`, of groups() texts, points into it then, and has a null pointer
  // where a group did not take part in the match.
  bool match(std::string_view text, std::vector<std::string_view>& found) const;
  // The same with the first groups only, as many as `found` has texts, which costs less.
  bool match_first(std::string_view text, std::span<std::string_view> found) const;

 private:
  explicit NamedPattern(std::shared_ptr<const re2::RE2> pattern);

  std::shared_ptr<const re2::RE2> pattern_;
  std::shared_ptr<const StepPattern> steps_;  // null where the pattern has to be matched by RE2
};

}  // namespace leeway
