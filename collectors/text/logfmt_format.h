// The `logfmt` format: `time=2026-11-28T04:26:51Z level=INFO msg="request done" ms=3.5`. Used by
// collectors/formats.cpp.
#pragma once

#include <memory>

#include "collectors/decode/format.h"

namespace leeway {

inline constexpr std::string_view kLogfmtSample =
    R"(time=2026-11-28T04:26:51.371Z level=INFO msg="request done" path="/a b" ms=3.5 err=<nil>)";

// No keys of its own. A line without any pair is not of the format.
std::unique_ptr<LineFormat> read_logfmt_format(FormatContext& context);

}  // namespace leeway
