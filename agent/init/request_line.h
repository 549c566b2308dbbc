// Fields that hold the whole first line of a request, "GET /items HTTP/1.1", as fields of its parts. Used by
// propose_for.
#pragma once

#include <string>
#include <vector>

#include "agent/init/text_fields.h"

namespace leeway {

// `method` and `path`, expressions that extract them; none where no field, or more than one, is such a line.
TextFields request_line_fields(const std::vector<SampledField>& fields);

}  // namespace leeway
