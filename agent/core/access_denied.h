// Says why this process may not use a path, and what to change. Used by the file system, for its errors.
#pragma once

#include <string>

namespace leeway {

// After EACCES for `path`: who owns it, or the directory on the way to it that stops this process, with its mode, whom
// this process runs as, and what to change, as the end of a sentence ("; ..."). Empty where that cannot be found out.
std::string explain_denial(const std::string& path);

}  // namespace leeway
