// The first line of a log file, for formats whose lines mean what it says. Used by TailedFile.
#pragma once

#include <cstddef>
#include <string>

#include "agent/core/expected.h"
#include "agent/core/file_system.h"

namespace leeway {

struct FirstLine {
  std::string text{};     // without its end and a byte order mark; "" if it is too long, or lost in zeros
  bool complete = false;  // it will not change as the file grows
};

// `max_line`: bytes without the newline. The error is of reading the file.
Expected<FirstLine> read_first_line(File& file, std::size_t max_line);

}  // namespace leeway
