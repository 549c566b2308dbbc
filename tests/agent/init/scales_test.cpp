#include "agent/init/scales.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

using testing::ElementsAre;

TEST(Scales, BoundsAreRoundAndEncloseTheValues) {
  EXPECT_THAT(bounds_between(0.003, 0.4), ElementsAre(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5));
  EXPECT_THAT(bounds_between(1, 10), ElementsAre(1, 2, 5, 10));
  EXPECT_THAT(bounds_between(7, 7), ElementsAre(5, 10));
}

TEST(Scales, ThereAreAtMostFourteenBoundsTheHighestOnes) {
  const std::vector<double> bounds = bounds_between(1e-6, 1e6);
  EXPECT_EQ(14U, bounds.size());
  EXPECT_DOUBLE_EQ(1e6, bounds.back());
}

TEST(Scales, ObjectivesAreMetByTheShareWithAMargin) {
  constexpr std::uint64_t kMany = 1'000'000;
  EXPECT_DOUBLE_EQ(0.999, objective_below(1, kMany));
  EXPECT_DOUBLE_EQ(0.999, objective_below(0.9995, kMany));
  EXPECT_DOUBLE_EQ(0.995, objective_below(0.9991, kMany));
  EXPECT_DOUBLE_EQ(0.95, objective_below(0.97, kMany));
  EXPECT_DOUBLE_EQ(0.8, objective_below(0.905, kMany));
  EXPECT_DOUBLE_EQ(0, objective_below(0.3, kMany));
}

TEST(Scales, FewEventsPromiseLittle) {
  EXPECT_DOUBLE_EQ(0.999, objective_below(1, 1000));
  EXPECT_DOUBLE_EQ(0.99, objective_below(1, 100));
  EXPECT_DOUBLE_EQ(0.9, objective_below(1, 10));
  EXPECT_DOUBLE_EQ(0, objective_below(1, 1));
  EXPECT_DOUBLE_EQ(0, objective_below(1, 0));
}

}  // namespace
}  // namespace leeway
