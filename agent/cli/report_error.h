// Ends a subcommand with an error. Used by the subcommands.
#pragma once

#include <cstdio>

#include "agent/core/error.h"

namespace leeway {

// Writes the error to stderr and returns the exit code.
inline int report_error(const Error& error) {
  std::fprintf(stderr, "%s\n", error.to_string().c_str());
  return exit_code(error.code);
}

}  // namespace leeway
