// The page that the agent serves at /: whether it and what it watches are well, for a person with a browser and nothing
// else. One static document of HTML: no script, nothing loaded from elsewhere. Used by exporters/http.
#pragma once

#include <string>

#include "agent/core/clock.h"
#include "agent/core/configuration_status.h"
#include "agent/metrics/snapshot.h"

namespace leeway {

struct PageFacts {
  std::string version;
  std::string configuration;  // the path of its file
  ConfigurationStatus reloads{};
};

// Of the last committed snapshot, as of `now`. Texts of logs are only examples, whose private parts are hidden.
std::string status_page(const Snapshot& snapshot, const PageFacts& facts, TimePoint now);

}  // namespace leeway
