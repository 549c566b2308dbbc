// The names that exists() and all() give to the elements of a list, while their conditions are bound. Used by the
// binder.
#pragma once

#include <string>
#include <vector>

#include "agent/core/expected.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

class Variables {
 public:
  // Of exists() or all(), whose arguments are a list, a name and a condition: takes the name, which means the element
  // until pop(), and sets the node's slot.
  Expected<void> push(Node& quantifier);
  void pop() { names_.pop_back(); }

  // A field whose name is that of a variable becomes the variable, or what the rest of its path leads to.
  Expected<void> resolve(Node& node) const;

 private:
  std::vector<std::string> names_;  // by slot
};

}  // namespace leeway::expr
