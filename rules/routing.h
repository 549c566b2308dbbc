// Who is notified of which alert, and when: the tree of routes that follows from the catalogue, independent of file
// formats. Written as alertmanager.yml and as an AlertmanagerConfig. Pure functions.
#pragma once

#include <string>
#include <vector>

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
  std::string meaning;  // "Pages: critical alerts of team storage."
  std::string url;      // of a host that does not exist, so that every notification fails and is counted
};

struct Routing {
  Route root;
  std::vector<Receiver> receivers;
};

// Critical alerts page, warnings become tickets, and informational alerts (the slow burn) one digest a day; each team
// that an alert names has receivers of its own, alerts without a team share one set.
Routing routing_of(const Catalog& catalog);

}  // namespace leeway
