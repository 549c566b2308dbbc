// The `klog` format: lines of klog and glog, which Kubernetes writes. Used by collectors/formats.cpp.
#pragma once

#include <memory>

#include "collectors/decode/format.h"

namespace leeway {

inline constexpr std::string_view kKlogSample =
    R"(I1128 04:26:51.371907     265 main.go:33] "Pod updated" pod="shop/web-1" ms=3.5)";

//   year = 2026: of all lines
std::unique_ptr<LineFormat> read_klog_format(FormatContext& context);

}  // namespace leeway
