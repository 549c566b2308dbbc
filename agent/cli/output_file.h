// Files that commands write for other programs and users. Used by rules, dashboards and replay.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/expected.h"

namespace leeway {

// Replaces a file at once: whoever reads it sees the old or the new content. Its mode is that of any new file.
Expected<void> replace_output(const std::string& path, std::string_view content);

}  // namespace leeway
