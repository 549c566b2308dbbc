#include "agent/promql/promql_scope.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

std::string scoped(std::string_view expr) {
  return with_matchers(expr, [](const Selector& selector) {
    for (const LabelMatcher& matcher : selector.matchers) {
      if (matcher.label == "job") {
        return "";
      }
    }
    return R"(job="a")";
  });
}

TEST(WithMatchers, ReachEachSelector) {
  EXPECT_EQ(scoped("up"), R"(up{job="a"})");
  EXPECT_EQ(scoped("up{}"), R"(up{job="a"})");
  EXPECT_EQ(scoped(R"(up{x="{,}"})"), R"(up{job="a", x="{,}"})");
  EXPECT_EQ(scoped(R"({__name__="up"})"), R"({job="a", __name__="up"})");
  EXPECT_EQ(scoped(R"(up{job="b"} + up)"), R"(up{job="b"} + up{job="a"})");
  EXPECT_EQ(scoped("sum by (x) (rate(a_total[5m] offset 1h)) > max_over_time(g[1h:5m] @ end())"),
            R"(sum by (x) (rate(a_total{job="a"}[5m] offset 1h)) > max_over_time(g{job="a"}[1h:5m] @ end()))");
  EXPECT_EQ(scoped("absent(a:b:c) or (vector(1) unless on () -a ^ b)"),
            R"(absent(a:b:c{job="a"}) or (vector(1) unless on () -a{job="a"} ^ b{job="a"}))");
}

TEST(WithMatchers, LeaveCommentsAndWhatDoesNotParse) {
  EXPECT_EQ(scoped("a # {\n  {x=\"y\"} # b\n+ b # end"), "a # {\n  {job=\"a\", x=\"y\"} # b\n+ b{job=\"a\"} # end");
  EXPECT_EQ(scoped("a +"), "a +");
  EXPECT_EQ(scoped("rate(a_total{x=~\"$x\"}[$__rate_interval])"),
            "rate(a_total{job=\"a\", x=~\"$x\"}[$__rate_interval])");
}

TEST(KeepsLabel, WhereNothingDropsIt) {
  for (const char* expr :
       {R"(a{job="x"} > 1)", R"(a{job=~"x|y"} > 1)", R"(a{job!="x"} > 1)", R"(sum without (pod) (a{job="x"}) > 1)",
        R"(sum by (job) (a{job="x"}))", R"(topk(3, a{job="x"}))", R"(absent(a{job="x"}))", R"(time() - a{job="x"} > 3)",
        R"(1 - a{job="x"})", R"(a{job="x"} / on (job) b)", R"(a{job="x"} / ignoring (c) b)",
        R"(a{job="x"} and on () b)", R"(a{job="x"} or b{job="x"})", R"(a{job="x"} * on (c) group_left (d) b)",
        R"(max_over_time(a{job="x"}[1h:] offset 1h))",
        R"(histogram_quantile(0.9, sum by (job, le) (rate(a{job="x"}[5m]))))"}) {
    EXPECT_TRUE(keeps_label(expr, "job")) << expr;
  }
}

TEST(KeepsLabel, NotWhereItMayBeLost) {
  for (const char* expr :
       {"a", R"(absent(a{job=~"x"}))", R"(a{job=""})", R"(sum(a{job="x"}))", R"(sum by (pod) (a{job="x"}))",
        R"(sum without (job) (a{job="x"}))", R"(absent(sum(a{job="x"})))", R"(absent(a{pod="x"}))", "vector(1)",
        R"(vector(scalar(a{job="x"})))", R"(a{job="x"} or b)", R"(a{job="x"} or vector(0))", R"(b and a{job="x"})",
        R"(a{job="x"} / on (pod) b{job="x"})", R"(a{job="x"} / ignoring (job) b{job="x"})",
        R"(b * on (c) group_left () a{job="x"})", "a +"}) {
    EXPECT_FALSE(keeps_label(expr, "job")) << expr;
  }
}

}  // namespace
}  // namespace leeway
