// How far a record may be ahead of the clock, where a window is short: one that moves the time on by the length of a
// window leaves nothing in it, and what follows is late. Used by the assembly.
#pragma once

#include <span>
#include <string>

#include "agent/pipeline/assembly.h"

namespace leeway {

// `window`: the length of that of a monitor, `what`, which reads the sources; zero: it has none. Lowers a default to
// half of the window; a key that allows all of it is warned of.
void limit_future(Duration window, const std::string& what, std::span<AssembledSource* const> sources,
                  Diagnostics& diagnostics);

}  // namespace leeway
