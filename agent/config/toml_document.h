// TOML that is data, not configuration: its values in order. Used by the `toml` format of file sources,
// so that they need not include toml++.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/core/expected.h"

namespace leeway {

// Receives the values of a document in its structure; tables in the order of their keys.
class TomlVisitor {
 public:
  virtual ~TomlVisitor() = default;
  virtual void begin_table() = 0;
  virtual void end_table() = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void key(std::string_view name) = 0;    // before each value of a table
  virtual void text(std::string_view value) = 0;  // also dates and times, as RFC 3339 writes them
  virtual void integer(std::int64_t value) = 0;
  virtual void number(double value) = 0;
  virtual void boolean(bool value) = 0;
};

// Not called for a document with an error. Errors: kCorrupt, with line and column; kLimit where it nests deeper
// than `max_depth`, or could.
Expected<void> visit_toml(std::string_view text, std::size_t max_depth, TomlVisitor& visitor);

}  // namespace leeway
