// Files that commands write for other programs and users. Used by rules, dashboards and replay.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/expected.h"

namespace leeway {

// Replaces a file, or that which a symbolic link leads to, at once: whoever reads it sees the old or the new content.
// Its mode is that of any new file. Anything else that is there, a device for example, is left alone: kIo.
Expected<void> replace_output(const std::string& given, std::string_view content);

// Before a long run: the error that replace_output() would give now. "" is the standard output, of which only that it
// cannot be written at all is known.
Expected<void> check_output(const std::string& given);

}  // namespace leeway
