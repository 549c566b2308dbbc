#include "agent/pipeline/discovery_interval.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(DiscoveryInterval, IsASecondEvenOnABusyMachine) {
  EXPECT_EQ(discovery_interval({}), seconds(1));
  EXPECT_EQ(discovery_interval({milliseconds(2), milliseconds(200)}), seconds(1));
}

TEST(DiscoveryInterval, IsLongerWhereLookingIsExpensive) {
  EXPECT_EQ(discovery_interval({milliseconds(20), milliseconds(25)}), seconds(8));
  EXPECT_EQ(discovery_interval({milliseconds(1), seconds(3)}), seconds(12));
  EXPECT_EQ(discovery_interval({seconds(1), seconds(1)}), seconds(60));
}

}  // namespace
}  // namespace leeway
