// A readable pattern of a line, compiled: "{time} | {level} | {name}:{line:int} - {message}". FORMATS.md describes the
// language. Used by TemplateParser.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "collectors/text/template_types.h"

namespace leeway {

inline constexpr std::size_t kNoSlot = static_cast<std::size_t>(-1);

// The fields of a `request`, in the order of the slots after its own.
inline constexpr std::array<const char*, 5> kRequestFields = {"path", "query", "method", "protocol", "malformed"};
// A `target` has the first of them.
inline constexpr std::size_t kTargetFields = 2;

// Parts are matched from left to right, without going back except to the last kOptional.
struct TemplateOp {
  enum class Kind : std::uint8_t {
    kLiteral,   // exactly this
    kBlank,     // one or more blanks
    kOpen,      // a part up to the first place where what follows matches, up to the next part that is open
    kTyped,     // a part that ends by itself
    kOptional,  // what follows; if that does not match, `otherwise`
    kEnd,       // the end of the text
  };
  // What an open part runs to.
  enum class Until : std::uint8_t { kEnd, kBlank, kByte, kBlankAndByte, kPairs };

  Kind kind = Kind::kEnd;
  Until until = Until::kEnd;
  char byte = '\0';       // of `until`
  std::string literal{};  // kLiteral
  PartType type{};        // kOpen, kTyped
  double per_second = 0;  // kTyped, of a duration
  std::size_t slot = kNoSlot;
  std::size_t otherwise = 0;   // kOptional: the op
  std::size_t first_slot = 0;  // kOptional: those that are absent then, up to
  std::size_t end_slot = 0;
};

class TemplatePattern {
 public:
  // Error: kConfiguration; says the column in `text` and what was expected.
  static Expected<TemplatePattern> compile(std::string_view text);

  // By slot.
  const std::vector<FieldPath>& fields() const { return fields_; }
  std::optional<std::size_t> slot_of(const FieldPath& field) const;
  const std::vector<TemplateOp>& ops() const { return ops_; }
  // Whether lines may end in pairs, each of which is a field.
  bool has_pairs() const { return has_pairs_; }

 private:
  friend class TemplateCompiler;

  std::vector<FieldPath> fields_;
  std::vector<TemplateOp> ops_;
  bool has_pairs_ = false;
};

}  // namespace leeway
