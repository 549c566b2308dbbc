// The constants of a long list after 'in', found by hash instead of one by one. Made by the binder, read by the
// evaluator.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "agent/core/value.h"

namespace leeway::expr {

class ConstantSet {
 public:
  // The texts of `constants`, which equal() takes, must outlive the set.
  explicit ConstantSet(std::span<const Value> constants);
  // Whether one of them is the same_value(); `value` is_comparable().
  bool contains(const Value& value) const { return slots_[find(value)].kind != ValueKind::kMissing; }

 private:
  // The slot of the constant, or the empty one where it would be.
  std::size_t find(const Value& value) const;

  std::vector<Value> slots_;  // a power of two of them, at least half of them empty
};

}  // namespace leeway::expr
