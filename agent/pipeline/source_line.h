// What the agent watches and where it goes on reading, as one line for its log for each source, at its start and after
// each reload. Used by the run loop.
#pragma once

#include <optional>
#include <string>

#include "agent/core/clock.h"
#include "agent/core/file_system.h"
#include "agent/core/status.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

// "source 'app': json, tail of /log/app.log: 1 file matches; goes on at byte 120 of '/log/app.log', as saved at
// 2026-03-01T08:00:00Z". `status` is that of the source before it reads; `saved`: when its state was, none if it is
// new.
std::string source_line(const AssembledSource& source, const SourceStatus& status, std::optional<TimePoint> saved,
                        FileSystem& files);

}  // namespace leeway
