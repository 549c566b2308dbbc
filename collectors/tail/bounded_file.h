// A file of which only a beginning belongs to a log: what follows is written by others, or counted elsewhere. Used by
// the log source for files that hold a copy of a log and more.
#pragma once

#include <cstdint>
#include <memory>

#include "agent/core/file_system.h"

namespace leeway {

// `file` as if it ended at `end`, or earlier if it does. Read only.
std::unique_ptr<File> bounded(std::unique_ptr<File> file, std::uint64_t end);

}  // namespace leeway
