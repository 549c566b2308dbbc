#include "agent/expressions/constant_set.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string_view>

#include "agent/expressions/expression_operators.h"

namespace leeway::expr {
namespace {

std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 32)) * 0x9E37'79B9'7F4A'7C15U;
  return x ^ (x >> 29);
}

// Of same values the same, so 3.0 has that of 3.
std::uint64_t hash_of(const Value& value) {
  switch (value.kind) {
    case ValueKind::kString:
      return std::hash<std::string_view>()(value.string());
    case ValueKind::kBool:
      return mix(value.boolean ? 1 : 2);
    case ValueKind::kDouble: {
      const double number = value.number;
      if (std::trunc(number) != number || number < -kTwoTo63 || number >= 2 * kTwoTo63) {
        return mix(std::bit_cast<std::uint64_t>(number));
      }
      return mix(number < kTwoTo63 ? static_cast<std::uint64_t>(static_cast<std::int64_t>(number))
                                   : static_cast<std::uint64_t>(number));
    }
    case ValueKind::kNull:
      return 0;
    default:
      return mix(static_cast<std::uint64_t>(value.integer));
  }
}

}  // namespace

ConstantSet::ConstantSet(std::span<const Value> constants) : slots_(std::bit_ceil(2 * constants.size() + 1)) {
  for (const Value& constant : constants) {
    slots_[find(constant)] = constant;
  }
}

std::size_t ConstantSet::find(const Value& value) const {
  std::size_t at = hash_of(value) & (slots_.size() - 1);
  while (slots_[at].kind != ValueKind::kMissing && !same_value(slots_[at], value)) {
    at = (at + 1) & (slots_.size() - 1);
  }
  return at;
}

}  // namespace leeway::expr
