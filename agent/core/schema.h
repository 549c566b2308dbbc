// The fields of one source that the configuration names, in the order in which they were first asked for.
// Expressions and monitors intern the paths they need while the configuration is read; decoders then fill one
// column a path and look at nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace leeway {

using FieldId = std::uint32_t;

// A way into a nested record: member names and array indices. `a.b["c d"][0]`.
struct FieldPath {
  using Step = std::variant<std::string, std::uint32_t>;
  std::vector<Step> steps;

  // The path as a user writes it: quotes only where a name needs them.
  std::string to_string() const;
  bool operator==(const FieldPath&) const = default;
};

class Schema {
 public:
  // The column of `path`, made at the first call. Not safe across threads; done before any batch is read.
  FieldId intern(const FieldPath& path);
  std::span<const FieldPath> fields() const { return fields_; }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<FieldPath> fields_;
};

}  // namespace leeway
