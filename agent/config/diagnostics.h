// What reading a configuration has found: all errors, so that a user sees them together, the expressions with their
// places, so that `check` can say there what the data say of them, and, where they are wanted, the keys that were read.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/config/key_use.h"
#include "agent/core/error.h"

namespace leeway {

// An expression of the configuration.
struct ExpressionUse {
  Position position;   // of its text, with the quote
  std::string what;    // the entry that has it: "[[metric]] 'requests_total'"
  std::string text;    // as written
  std::string source;  // the name of the source whose records it reads; "" for other data
};

class Diagnostics {
 public:
  void error(Position position, std::string message);
  void warning(Position position, std::string message);
  void use(ExpressionUse expression) { expressions_.push_back(std::move(expression)); }
  // From now on, keys are noted too.
  void want_keys() { wants_keys_ = true; }
  bool wants_keys() const { return wants_keys_; }
  void use(KeyUse key) { keys_.push_back(std::move(key)); }

  bool has_errors() const { return !errors_.empty(); }
  // Sorted by file, line and column.
  std::vector<Error> errors() const;
  std::vector<Error> warnings() const;
  // In the order in which they were compiled; of several sources, once for each.
  const std::vector<ExpressionUse>& expressions() const { return expressions_; }
  // In the order in which they were read; empty unless they are wanted.
  const std::vector<KeyUse>& keys() const { return keys_; }
  // One line each: "file:line:column: error: message". Duplicates, such as of keys that two components read, appear
  // once.
  std::string to_string() const;

 private:
  std::vector<Error> errors_;
  std::vector<Error> warnings_;
  std::vector<ExpressionUse> expressions_;
  bool wants_keys_ = false;
  std::vector<KeyUse> keys_;
};

}  // namespace leeway
