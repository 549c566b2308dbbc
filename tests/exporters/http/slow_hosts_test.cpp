#include "exporters/http/slow_hosts.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

TEST(SlowHostsTest, AreKeptForAMinute) {
  SlowHosts hosts;
  const SlowHosts::Time start{};
  hosts.add("10.0.0.1", start);
  EXPECT_TRUE(hosts.contains("10.0.0.1", start));
  EXPECT_TRUE(hosts.contains("10.0.0.1", start + minutes(1) - milliseconds(1)));
  EXPECT_FALSE(hosts.contains("10.0.0.1", start + minutes(1)));
  EXPECT_FALSE(hosts.contains("10.0.0.2", start));
  hosts.add("10.0.0.1", start + minutes(1));
  EXPECT_TRUE(hosts.contains("10.0.0.1", start + minutes(2) - milliseconds(1)));
}

TEST(SlowHostsTest, AHostThatIsNotKnownIsNone) {
  SlowHosts hosts;
  hosts.add("", SlowHosts::Time{});
  EXPECT_FALSE(hosts.contains("", SlowHosts::Time{}));
}

TEST(SlowHostsTest, TheEarliestIsForgottenFirst) {
  SlowHosts hosts;
  SlowHosts::Time now{};
  for (int host = 0; host <= 1024; ++host) {
    hosts.add("h" + std::to_string(host), now += milliseconds(1));
  }
  EXPECT_FALSE(hosts.contains("h0", now));
  EXPECT_TRUE(hosts.contains("h1", now));
  EXPECT_TRUE(hosts.contains("h1024", now));
}

}  // namespace
}  // namespace leeway
