// The `template` format: lines by a readable pattern. Used by collectors/formats.cpp and the presets.
#pragma once

#include <memory>

#include "collectors/decode/cell_text.h"
#include "collectors/decode/format.h"
#include "collectors/text/template_pattern.h"

namespace leeway {

//   pattern   = "{time} | {level} | {name}:{line:int} - {message}"
//   thousands = ",": reads 6,479 as a number
// Without the key `time`, the time of a record is its field `time`, if the pattern has one.
std::unique_ptr<LineFormat> read_template_format(FormatContext& context);

// An error if `time` names what the pattern does not have.
void require_time_part(FormatContext& context, const TemplatePattern& pattern);

// The format of lines that a pattern describes.
std::unique_ptr<LineFormat> make_template_format(TemplatePattern pattern, const CellOptions& cells,
                                                 const TimeKeys& time);

}  // namespace leeway
