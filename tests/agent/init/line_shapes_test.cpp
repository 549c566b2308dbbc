#include "agent/init/line_shapes.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

TEST(LineShapes, WhatDiffersIsLeftOut) {
  const std::vector<LineShape> shapes = line_shapes(
      {"request 1 took 5ms", "request 2 took 7ms", "opened \"a b\"", "opened \"c\"", "request 3 took 9ms"}, 5);
  ASSERT_EQ(2U, shapes.size());
  EXPECT_EQ("request * took *", shapes[0].text);
  EXPECT_DOUBLE_EQ(0.6, shapes[0].share);
  EXPECT_EQ("opened *", shapes[1].text);
}

TEST(LineShapes, SeldomLinesAndFurtherOnesAreLeftOut) {
  EXPECT_TRUE(line_shapes({"one", "two", "three"}, 5).empty());
  EXPECT_EQ(1U, line_shapes({"one", "one", "two", "two"}, 1).size());
}

}  // namespace
}  // namespace leeway
