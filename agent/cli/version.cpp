#include "agent/version.h"

#include <cstdio>

#include "agent/cli/commands.h"

namespace leeway {

int version_command(const CliOptions& /*options*/) {
  std::printf("leeway %s\n", kVersion);
  return 0;
}

}  // namespace leeway
