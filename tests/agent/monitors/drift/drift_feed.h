// Records of a drift monitor named "inputs", and the names of what it exports of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "agent/sketches/random.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {

inline constexpr char kAge[] =
    "name = \"inputs\"\ncolumns = [\"age\"]\nreference = { first_rows = 1000 }\nwindow = { rows = 200 }\n";

inline std::string series(const std::string& metric, const std::string& rest = "") {
  return "leeway_drift_" + metric + "{drift=\"inputs\"" + rest + "}";
}
inline std::string of_age(const std::string& metric, const std::string& method = "wasserstein") {
  return series(metric, ",column=\"age\",method=\"" + method + "\"");
}
inline const std::string kAgeRows = series("rows", ",column=\"age\"");

// Feeds records one by one; flushes full batches.
class Feed {
 public:
  explicit Feed(MonitorFixture& fixture) : fixture_(fixture), batch_(fixture.schema(), kOrigin) {}
  ~Feed() { flush(); }
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  BatchBuilder& at(Duration time) {
    if (batch_.full()) {
      flush();
    }
    now_ = std::max(now_, time);
    return batch_.at(time);
  }
  void flush() {
    fixture_.monitor().observe(batch_.batch());
    fixture_.monitor().advance(kOrigin + now_);
    batch_.clear();
  }
  void normals(int count, double mean, std::uint64_t seed, Duration time = {}) {
    Random random(seed);
    for (int i = 0; i < count; ++i) {
      at(time).set("age", mean + random.normal());
    }
    flush();
  }

 private:
  MonitorFixture& fixture_;
  BatchBuilder batch_;
  Duration now_{};
};

}  // namespace leeway
