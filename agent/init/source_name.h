// Names of sources that people would give to a log. Pure functions, used by init.
#pragma once

#include <string>

namespace leeway {

// "web_access" of "/var/log/web-access.log.1". Without identifiers and dates, which are others tomorrow: what is left
// of the file's name, or else of its directory's, or else "app".
std::string source_name(const std::string& path);

}  // namespace leeway
