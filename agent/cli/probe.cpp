#include "exporters/http/probe.h"

#include <chrono>

#include "agent/cli/commands.h"
#include "agent/cli/report_error.h"

namespace leeway {

int probe_command(const CliOptions& options) {
  const Expected<void> healthy = probe(options.url, std::chrono::seconds(5));
  if (healthy) {
    return 0;
  }
  const int code = report_error(healthy.error());
  return healthy.error().code == ErrorCode::kUsage ? code : 1;
}

}  // namespace leeway
