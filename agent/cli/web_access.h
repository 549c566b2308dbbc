// --web.config.file and --web.systemd-socket: reads the one, takes the others, and tells the operator what becomes of
// them. Used by `run` and `check`.
#pragma once

#include "agent/cli/options.h"
#include "agent/core/expected.h"
#include "agent/core/file_system.h"
#include "exporters/http/http_exporter.h"
#include "exporters/prometheus/self_metrics.h"

namespace leeway {

// Fills in what `http` needs for them. Errors end the agent: kConfiguration, kUsage. The references must outlive the
// server.
Expected<void> set_up_web_access(const CliOptions& options, FileSystem& files, const Clock& clock, SelfMetrics& self,
                                 HttpOptions& http);

// Reads the file of `options`, and its certificates, as the start of `run` does; prints what it asks for, and warnings.
// kConfiguration.
Expected<void> check_web_file(const CliOptions& options, FileSystem& files, const Clock& clock);

// "https" if it speaks TLS.
const char* web_scheme(const HttpOptions& http);

}  // namespace leeway
