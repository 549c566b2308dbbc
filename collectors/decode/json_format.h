// The formats of JSON lines: an object a line. A log calls it `json`, a file `jsonl`, since a file's `json` is a
// document. Used by collectors/formats.cpp.
#pragma once

#include <memory>

#include "collectors/decode/format.h"

namespace leeway {

//   prefix = false; true: the object begins at the line's first '{'
std::unique_ptr<LineFormat> read_json_log_format(FormatContext& context);
// Has no key of its own.
std::unique_ptr<LineFormat> read_jsonl_format(FormatContext& context);

}  // namespace leeway
