// The alerts about files that cannot be read, and about data files whose content cannot be used, one for each kind of
// reason. Used by agent_alerts.cpp.
#pragma once

#include <string>

#include "agent/metrics/catalog.h"

namespace leeway {

// [[alert]] entries. Damaged are only data files: without a source of them there is one alert.
std::string file_alerts(const Catalog& catalog);

}  // namespace leeway
