// The `syslog` format: lines by RFC 3164 and RFC 5424, and what programs write instead. Used by collectors/formats.cpp.
#pragma once

#include <memory>

#include "collectors/decode/format.h"

namespace leeway {

inline constexpr std::string_view kSyslogSample =
    R"(<165>1 2026-11-28T04:25:02.003Z web1 shop 9 ID47 [req@32473 id="7"] request done)";

//   year = 2026: of all dates without one
std::unique_ptr<LineFormat> read_syslog_format(FormatContext& context);

}  // namespace leeway
