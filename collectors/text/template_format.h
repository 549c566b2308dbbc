// The `template` format: lines by a readable pattern. Used by collectors/formats.cpp.
#pragma once

#include <memory>

#include "collectors/decode/format.h"

namespace leeway {

//   pattern   = "{time} | {level} | {name}:{line:int} - {message}"
//   thousands = ",": reads 6,479 as a number
// Without the key `time`, the time of a record is its field `time`, if the pattern has one.
std::unique_ptr<LineFormat> read_template_format(FormatContext& context);

}  // namespace leeway
