#include "exporters/http/slow_hosts.h"

#include <algorithm>

namespace leeway {

void SlowHosts::add(const std::string& host, Time now) {
  if (host.empty()) {
    return;
  }
  hosts_[host] = now;
  if (hosts_.size() > kMost) {
    hosts_.erase(std::min_element(hosts_.begin(), hosts_.end(),
                                  [](const auto& a, const auto& b) { return a.second < b.second; }));
  }
}

bool SlowHosts::contains(const std::string& host, Time now) const {
  const auto found = hosts_.find(host);
  return found != hosts_.end() && now - found->second < kKept;
}

}  // namespace leeway
