// The form of the agent's own log, as the exporters of Prometheus write theirs. Used by `leeway run`.
//
//   logfmt: time=2026-03-01T08:00:00.123Z level=warn msg="source 'app': a file cannot be opened"
//   json:   {"time":"2026-03-01T08:00:00.123Z","level":"warn","msg":"source 'app': a file cannot be opened"}
//
// One line a message: line ends within it are escaped, and bytes that are no UTF-8 are replaced by U+FFFD.
#pragma once

#include <spdlog/formatter.h>

#include <memory>
#include <string>
#include <string_view>

namespace leeway {

enum class LogFormat : std::uint8_t { kLogfmt, kJson };

std::string log_line(LogFormat format, std::string_view time, std::string_view level, std::string_view message);
std::unique_ptr<spdlog::formatter> make_log_formatter(LogFormat format);

}  // namespace leeway
