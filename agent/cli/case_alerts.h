// The alerts of a case of `leeway test`. Used by case_run.cpp.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/case_file.h"
#include "agent/core/file_system.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

// Replays the sources of the assembly over event time, evaluates its rules, and adds what differs to `differences`.
void compare_alerts(const TestCase& test, Assembly assembly, FileSystem& files, const Clock& clock,
                    std::vector<std::string>& differences);

}  // namespace leeway
