#include "agent/version.h"

#include <cstdio>

#include "agent/cli/commands.h"

namespace leeway {

int version_command() {
  std::printf("leeway %s\n", kVersion);
  return 0;
}

}  // namespace leeway
