#include "agent/pipeline/future_limit.h"

#include <algorithm>

#include "agent/core/units.h"

namespace leeway {

void limit_future(Duration window, const std::string& what, std::span<AssembledSource* const> sources,
                  Diagnostics& diagnostics) {
  if (window == Duration{}) {
    return;
  }
  const Duration half = window / 2;
  for (AssembledSource* const source : sources) {
    if (!source->future_place) {
      source->allowed_future = std::min(source->allowed_future, half);
    } else if (source->allowed_future >= window) {
      diagnostics.warning(*source->future_place, "[[source]] '" + source->name + "': 'allowed_future' is " +
                                                     format_duration(source->allowed_future) + ", but " + what +
                                                     " is of " + format_duration(window) +
                                                     ": a single record that is so far ahead of the clock empties it; "
                                                     "expected at most " +
                                                     format_duration(half) + ", the default here");
    }
  }
}

}  // namespace leeway
