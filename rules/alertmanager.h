// The routing of a catalogue's alerts as a complete configuration of Alertmanager, 0.25 or later. Used by `leeway
// rules`.
#pragma once

#include <string>

#include "agent/metrics/catalog.h"

namespace leeway {

// Its receivers are placeholders whose notifications fail, are logged and counted until they are configured.
std::string alertmanager_yaml(const Catalog& catalog);

}  // namespace leeway
