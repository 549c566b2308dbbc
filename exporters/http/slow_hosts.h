// The hosts of which a client read so slowly that it was cut off. Used by Connections: where memory for pages is short,
// others are served first. Server's thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace leeway {

class SlowHosts {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `host`: an address without a port; "" (it is not known, or the socket is local) is none. The last 1,024 are kept.
  void add(const std::string& host, Time now);
  // Whether it was added less than a minute ago.
  bool contains(const std::string& host, Time now) const;

 private:
  static constexpr std::size_t kMost = 1024;
  static constexpr std::chrono::minutes kKept{1};

  std::map<std::string, Time> hosts_;
};

}  // namespace leeway
