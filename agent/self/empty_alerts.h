// That a source never had a record (LeewaySourceEmpty, LeewayStreamEmpty, LeewayFileEmpty), or that its paths lead to
// no file (LeewayNoMatchingFile, LeewayFileMissing). Used by agent_alerts.cpp.
#pragma once

#include <vector>

#include "agent/metrics/catalog.h"

namespace leeway {

// Alerts of the configuration with these names replace those of all kinds.
inline constexpr const char* kSourceEmptyAlert = "LeewaySourceEmpty";
inline constexpr const char* kNoMatchingFileAlert = "LeewayNoMatchingFile";

// One for each kind of source and each limit, which their label `after` says.
std::vector<AlertRule> empty_alerts(const Catalog& catalog);
std::vector<AlertRule> no_file_alerts(const Catalog& catalog);

}  // namespace leeway
