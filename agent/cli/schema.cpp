#include <cstdio>

#include "agent/cli/commands.h"
#include "agent/schema/json_schema.h"

namespace leeway {

int schema_command(const CliOptions& /*options*/) {
  std::fputs(json_schema().c_str(), stdout);
  return 0;
}

}  // namespace leeway
