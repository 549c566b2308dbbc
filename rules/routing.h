// Who is notified of which alert, and when: the tree of routes that follows from the catalogue, independent of file
// formats. Written as alertmanager.yml, as routes.yml and as an AlertmanagerConfig. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "agent/core/expected.h"
#include "agent/metrics/catalog.h"

namespace leeway {

struct Route {
  std::string comment;
  RuleLabels match;  // all of them, by equality; empty: everything
  std::string receiver;
  // Empty or zero: as in the route above.
  std::vector<std::string> group_by{};
  Duration group_wait{};
  Duration group_interval{};
  Duration repeat_interval{};
  std::vector<std::string> muted_in{};  // names of maintenance windows
  std::vector<Route> routes{};          // the first that matches decides
};

// A receiver that exists only as a placeholder.
struct Receiver {
  std::string name;
  std::string meaning;  // "Alerts of team storage."
  std::string url;      // of a host that does not exist, so that every notification fails and is counted; empty: none
};

struct Routing {
  Route root;
  std::vector<Receiver> receivers;
  std::vector<InhibitRule> inhibitions;
  std::vector<MaintenanceWindow> maintenance;
};

// For an Alertmanager that has only alerts of this catalogue. One receiver for each team that alerts name, and one for
// alerts of no team, if there are any. Below it a route for each severity; informational alerts (the slow burn) come as
// one digest a day.
Routing routing_of(const Catalog& catalog);

// For an Alertmanager that has others too: each catalogue has routes that match only its own alerts, by the labels of
// its scope, and maintenance and inhibition act only on these. The root's receiver is called "unrouted". An error if
// two catalogues have the same scope, after apply_scope().
Expected<Routing> shared_routing_of(const std::vector<const Catalog*>& catalogs);

}  // namespace leeway
