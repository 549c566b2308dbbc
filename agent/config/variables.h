// Variables of the environment in the strings of a configuration: `${NAME}`, or `${NAME:-default}`, whose default
// applies where NAME is not set or empty; `$${` is the text `${`. Used by toml_reader, for each string value of a file.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/expected.h"

namespace leeway {

// The value of a variable, or none where it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// That of the process, read when it is called.
std::optional<std::string> process_variable(const std::string& name);

class Variables {
 public:
  explicit Variables(Environment environment) : environment_(std::move(environment)) {}

  // A name is a letter or `_`, then letters, digits and `_`. Any other `$` stays as it is: at an end, before a digit,
  // without a brace. Values and defaults are not searched for further variables. Errors, which never contain a value:
  // kConfiguration where a variable is neither set nor has a default, is not valid UTF-8, or where `${` begins
  // something else than the forms above.
  Expected<std::string> replace(std::string_view text);

  // The names so far, and whether the value came from the environment (in at least one place) or is a default.
  const std::map<std::string, bool>& used() const { return used_; }

 private:
  Expected<std::string> value(const std::string& name, const std::optional<std::string>& fallback);

  Environment environment_;
  std::map<std::string, bool> used_;
};

}  // namespace leeway
