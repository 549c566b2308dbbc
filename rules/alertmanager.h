// Routing as files of Alertmanager, 0.25 or later. Used by `leeway rules`.
#pragma once

#include <string>

#include "rules/routing.h"

namespace leeway {

// A complete configuration. Its receivers are placeholders whose notifications fail, are logged and counted until they
// are configured. `whose` names the services, for readers.
std::string alertmanager_yaml(const Routing& routing, const std::string& whose);

// What others put into the configuration that they have: routes below the root, inhibition and maintenance, without
// receivers. The routing should be a shared one.
std::string routes_yaml(const Routing& routing, const std::string& whose);

}  // namespace leeway
