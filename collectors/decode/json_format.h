// The formats of JSON lines: one object per line. For a log it is called `json`, for a file `jsonl`, because a file's
// `json` is a document. Used by collectors/formats.cpp.
#pragma once

#include <memory>

#include "collectors/decode/format.h"

namespace leeway {

//   prefix = false; true: the object begins at the line's first '{'
std::unique_ptr<LineFormat> read_json_log_format(FormatContext& context);
// Has no keys of its own.
std::unique_ptr<LineFormat> read_jsonl_format(FormatContext& context);

}  // namespace leeway
