// Sockets that systemd has opened and passed on (sd_listen_fds(3)). Used by the command line, which hands them to
// HttpExporter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/expected.h"

namespace leeway {

// The file descriptors for this process, as the variables LISTEN_PID and LISTEN_FDS say; at least one, each a stream
// socket that listens. They are closed in programs that this process starts. kUsage.
Expected<std::vector<int>> activated_sockets(const std::optional<std::string>& listen_pid,
                                             const std::optional<std::string>& listen_fds);

}  // namespace leeway
