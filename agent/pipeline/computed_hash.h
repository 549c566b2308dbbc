// Tells whether two entries of a configuration have their monitor compute the same, so that saved state goes on. Used
// by the assembly.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "agent/config/config_tree.h"

namespace leeway {

// Of all but alerts, titles and the keys `shown_by`, which only say how the monitor's state is shown.
std::uint64_t hash_of_computed(const ConfigValue& entry, std::span<const std::string_view> shown_by = {});

}  // namespace leeway
