#include "agent/version.h"

#include <cstdio>

#include "agent/cli/commands.h"

namespace leeway {

std::string version_text() {
  const std::string revision = kRevision;
  return std::string("leeway ") + kVersion + (revision.empty() ? "" : " (revision " + revision + ")");
}

int version_command(const CliOptions& /*options*/) {
  std::puts(version_text().c_str());
  return 0;
}

}  // namespace leeway
