// The frozen reference of a column as a part of saved state, with its facts: it is saved once. Used by DriftColumn.
#pragma once

#include <memory>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/column_reference.h"

namespace leeway {

StatePart reference_part(std::shared_ptr<const ColumnReference> reference);

// Before kPartsVersion of the monitor's encoding, the reference is in place; before DriftColumn::kFactsVersion, without
// facts.
Expected<ColumnReference> load_reference(StateReader& in);
inline constexpr std::uint32_t kPartsVersion = 5;
// From it on, versions without rows are counted, and blocks of a rolling reference know their file.
inline constexpr std::uint32_t kFilesVersion = 6;

}  // namespace leeway
