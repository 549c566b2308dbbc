// All errors of a configuration, collected so that a user sees them together.
#pragma once

#include <string>
#include <vector>

#include "agent/core/error.h"

namespace leeway {

class Diagnostics {
 public:
  void error(Position position, std::string message);
  void warning(Position position, std::string message);

  bool has_errors() const { return !errors_.empty(); }
  // Sorted by file, line and column.
  std::vector<Error> errors() const;
  std::vector<Error> warnings() const;
  // One line each: "file:line:column: error: message". Duplicates, such as of keys that two components read, appear
  // once.
  std::string to_string() const;

 private:
  std::vector<Error> errors_;
  std::vector<Error> warnings_;
};

}  // namespace leeway
