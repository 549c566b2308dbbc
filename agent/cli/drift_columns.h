// What each column of a [[drift]] is, in words. Used by `leeway check` and `leeway reference show`.
#pragma once

#include <string>
#include <vector>

#include "agent/monitors/drift/drift.h"

namespace leeway {

// A line for each column: "age: number, 73 distinct values, 1.2% missing: all 988 values are numbers". Empty while the
// reference is captured, or with segments.
std::vector<std::string> describe_columns(const DriftMonitor& monitor);

}  // namespace leeway
