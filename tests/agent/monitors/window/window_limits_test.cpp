// Alerts of [[window.alerts]] that could never fire are refused: every aggregate with every condition.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "agent/alerts/alert_entry.h"
#include "agent/core/number_text.h"
#include "agent/monitors/window/window_aggregates.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;

// Steps of 5s.
std::string window_of(const std::string& aggregate, const std::string& more) {
  const AggregateKind& kind = *std::find_if(window_aggregates().begin(), window_aggregates().end(),
                                            [&](const AggregateKind& each) { return each.name == aggregate; });
  std::string toml = "name = 'x" + std::string(kind.unit) + "'\naggregate = '" + aggregate + "'\n" + more;
  toml += kind.has_window ? "over = '15m'\n" : "";
  toml += kind.input != WindowInputKind::kNothing ? "value = 's'\n" : "";
  toml += aggregate == "share" ? "below = 0.7\n" : "";
  toml += aggregate == "ratio" ? "good = 's > 1'\n" : "";
  toml += aggregate == "quantile" ? "q = 0.9\n" : "";
  return toml;
}

std::string with_alert(const std::string& aggregate, const std::string& more, const std::string& alert) {
  return window_of(aggregate, more) + "[[window.alerts]]\nname = 'Alert'\n" + alert;
}

bool is_refused(const std::string& toml) {
  const MonitorFixture fixture("window", toml);
  EXPECT_EQ(fixture.built(), fixture.errors().empty()) << toml << fixture.errors();
  return !fixture.built();
}

// The least and the greatest number that the aggregate can be, and the neighbours at which a limit is passed.
struct Bounds {
  const char* aggregate;
  const char* below_nothing;  // the highest limit below which no value is; "": none
  const char* below_some;     // a limit just above it
  const char* above_nothing;  // the lowest limit above which no value is
  const char* above_some;     // a limit just below it
};
constexpr Bounds kBounds[] = {
    {"count", "0", "1", "", "1e9"},        {"rate", "0", "0.001", "", "1e9"},
    {"sum", "", "-1e9", "", "1e9"},        {"mean", "", "-1e9", "", "1e9"},
    {"min", "", "-1e9", "", "1e9"},        {"max", "", "-1e9", "", "1e9"},
    {"stddev", "0", "0.001", "", "1e9"},   {"quantile", "-1e15", "-9e14", "1e15", "9e14"},
    {"share", "0", "0.001", "1", "0.999"}, {"ratio", "0", "0.001", "1", "0.999"},
    {"distinct", "1", "2", "", "1e9"},     {"top", "0", "0.001", "1", "0.999"},
    {"age", "0", "1", "", "1e9"},          {"gap", "0", "1", "895", "894"},
    {"slope", "", "-1e9", "", "1e9"},      {"declines", "0", "1", "31", "30"},
};

TEST(WindowLimits, TheTableHasEveryAggregate) {
  std::set<std::string> named;
  for (const Bounds& each : kBounds) {
    named.insert(each.aggregate);
  }
  EXPECT_EQ(named.size(), std::size(kBounds));
  EXPECT_EQ(named.size(), window_aggregates().size());
}

// A limit, the highest or lowest that nothing passes, and one a little less.
void expect_limits(const std::string& aggregate, const std::string& more, const std::string& key,
                   const std::string& nothing, const std::string& some) {
  EXPECT_FALSE(is_refused(with_alert(aggregate, more, key + " = " + some + "\n"))) << aggregate << " " << key;
  if (nothing.empty()) {
    return;
  }
  const MonitorFixture fixture("window", with_alert(aggregate, more, key + " = " + nothing + "\n"));
  EXPECT_FALSE(fixture.built()) << aggregate << " " << key << " = " << nothing;
  EXPECT_THAT(fixture.errors(), HasSubstr("'" + key + "' is")) << aggregate;
}

TEST(WindowLimits, OfTheValue) {
  for (const Bounds& each : kBounds) {
    expect_limits(each.aggregate, "", "below", each.below_nothing, each.below_some);
    expect_limits(each.aggregate, "", "above", each.above_nothing, each.above_some);
  }
}

// With a constant as the usual value, limits are multiples of it; of half of the units, all are twice as many.
TEST(WindowLimits, OfAConstantUsualValue) {
  for (const Bounds& each : kBounds) {
    for (const bool lower : {true, false}) {
      const std::string nothing = lower ? each.below_nothing : each.above_nothing;
      const std::string some = lower ? each.below_some : each.above_some;
      const std::string key = lower ? "below_usual" : "above_usual";
      if (std::stod(some) <= 0) {
        continue;  // no multiple of a usual value
      }
      const std::string twice = number_text(std::stod(some) * 2);
      EXPECT_FALSE(is_refused(with_alert(each.aggregate, "usual = 0.5\n", key + " = " + twice + "\n"))) << key;
      if (!nothing.empty()) {
        const std::string limit = number_text(std::stod(nothing) * 2);
        EXPECT_TRUE(is_refused(with_alert(each.aggregate, "usual = 0.5\n", key + " = " + limit + "\n")))
            << each.aggregate << " " << key << " " << limit;
      }
      EXPECT_TRUE(is_refused(with_alert(each.aggregate, "usual = 0\n", key + " = 2\n"))) << each.aggregate;
    }
  }
}

// What a window was before bounds nothing, but a share is never negative.
TEST(WindowLimits, OfAnotherUsualValue) {
  for (const AggregateKind& kind : window_aggregates()) {
    if (kind.previous) {
      EXPECT_FALSE(is_refused(with_alert(kind.name, "usual = 'previous'\n", "above_usual = 1000\n"))) << kind.name;
      EXPECT_FALSE(is_refused(with_alert(kind.name, "usual = 'previous'\n", "below_usual = 0.001\n"))) << kind.name;
      EXPECT_TRUE(is_refused(with_alert(kind.name, "usual = 'previous'\n", "above_usual = 2\nfor = '30m'\n")))
          << kind.name;
      EXPECT_FALSE(is_refused(with_alert(kind.name, "usual = 'previous'\n", "above_usual = 2\nfor = '29m'\n")))
          << kind.name;
    }
    if (kind.shifted) {
      EXPECT_TRUE(is_refused(with_alert(kind.name, "usual = 'yesterday'\n", "below_usual = 0.5\nfor = '25h'\n")))
          << kind.name;
    }
  }
}

TEST(WindowLimits, OfTheFloor) {
  const auto floor = [](const std::string& aggregate, const std::string& limit) {
    return with_alert(aggregate, "usual = 'previous'\n", "above_usual = 2\nfloor = " + limit + "\n");
  };
  for (const Bounds& each : kBounds) {
    const AggregateKind& kind =
        *std::find_if(window_aggregates().begin(), window_aggregates().end(),
                      [&](const AggregateKind& one) { return each.aggregate == std::string(one.name); });
    if (!kind.previous || std::string(each.above_nothing).empty()) {
      continue;
    }
    EXPECT_FALSE(is_refused(floor(each.aggregate, each.above_nothing))) << each.aggregate;  // "at least" reaches it
    EXPECT_TRUE(is_refused(floor(each.aggregate, number_text(std::stod(each.above_nothing) * 1.1)))) << each.aggregate;
  }
}

TEST(WindowLimits, OfTheNumberOfRecords) {
  EXPECT_TRUE(is_refused(with_alert("mean", "min_count = 20\n", "above = 3\nmin_count = 10\n")));
  EXPECT_FALSE(is_refused(with_alert("mean", "min_count = 20\n", "above = 3\nmin_count = 20\n")));
  EXPECT_TRUE(is_refused(with_alert("declines", "", "above = 3\nmin_count = 33\n")));
  EXPECT_FALSE(is_refused(with_alert("declines", "", "above = 3\nmin_count = 32\n")));
  EXPECT_TRUE(is_refused(window_of("declines", "min_count = 33\n")));
  // 90 records within 900 seconds.
  EXPECT_TRUE(is_refused(with_alert("rate", "", "below = 0.1\nmin_count = 90\n")));
  EXPECT_FALSE(is_refused(with_alert("rate", "", "below = 0.1\nmin_count = 89\n")));
}

// A series that is hidden is not below anything, nor does it grow old.
TEST(WindowLimits, OfSeriesThatExpire) {
  EXPECT_TRUE(is_refused(with_alert("count", "expire = '10m'\n", "below = 1\n")));
  EXPECT_FALSE(is_refused(with_alert("count", "expire = '10m'\n", "below = 2\n")));
  EXPECT_FALSE(is_refused(with_alert("count", "expire = '15m'\n", "below = 1\n")));
  EXPECT_TRUE(is_refused(with_alert("rate", "expire = '10m'\n", "below = 0.001\n")));
  EXPECT_FALSE(is_refused(with_alert("rate", "expire = '10m'\n", "below = 0.002\n")));
  EXPECT_TRUE(is_refused(with_alert("age", "expire = '1h'\n", "above = 3600\n")));
  EXPECT_FALSE(is_refused(with_alert("age", "expire = '1h'\n", "above = 3599\n")));
}

TEST(WindowLimits, OfGapsThatAStepHides) {
  EXPECT_TRUE(is_refused(with_alert("gap", "", "above = 4\n")));
  EXPECT_FALSE(is_refused(with_alert("gap", "", "above = 5\n")));
}

TEST(WindowLimits, SayWhy) {
  expect_refused(
      "window",
      {{with_alert("gap", "", "above = 900\n"),
        "test.toml:7:9: error: [[window]]: alerts: 'above' is 900, which can never be passed: 'x_seconds' is at most "
        "895 (14m55s): the window holds no longer one than `over`, less a step; expected less"},
       {with_alert("distinct", "", "below = 1\n"), "'x' is at least 1: without a record there is no value"},
       {with_alert("declines", "", "above = 31\n"), "'x' is at most 31: no more are counted"},
       {with_alert("count", "usual = 0\n", "above_usual = 2\n"), "expected a limit of the value itself, 'above'"},
       {with_alert("count", "", "above = -1\n"), "every value passes"},
       {with_alert("mean", "usual = '7d'\n", "above_usual = 2\nfor = '8d'\n"), "'for' is 8d"}});
}

// The same metrics in an [[alert]].
TEST(WindowLimits, HoldForOtherAlertsToo) {
  MonitorFixture fixture("window", window_of("gap", "usual = 100\n"));
  ASSERT_EQ(fixture.errors(), "");
  const auto problems = [&fixture](const std::string& alert) {
    Catalog catalog;
    fixture.monitor().describe(catalog.metrics);
    Diagnostics diagnostics;
    const ConfigTable config = parse_toml("[[alert]]\nname = 'A'\n" + alert, "alert.toml", diagnostics);
    read_alert(config.find("alert")->get_if<ConfigArray>()->front(), catalog, diagnostics);
    return diagnostics.to_string();
  };
  EXPECT_THAT(problems("metric = 'x_seconds'\nabove = 900"), HasSubstr("alert.toml:4:9: error"));
  EXPECT_EQ(problems("metric = 'x_seconds'\nabove = 894"), "");
  EXPECT_THAT(problems("metric = 'x_usual_seconds'\nabove = 895"), HasSubstr("can never be passed"));
  EXPECT_THAT(problems("metric = 'x_times_usual'\nabove = 9"), HasSubstr("'x_times_usual' is at most 8.95"));
  EXPECT_THAT(problems("metric = 'x_above_usual_seconds'\nabove = 800"), HasSubstr("at most 795"));
  EXPECT_THAT(problems("metric = 'x_samples'\nbelow = 0"), HasSubstr("at least 0"));
  EXPECT_THAT(problems("metric = 'x_seconds'\noutside = [0, 900]"), HasSubstr("alert.toml:4:11: error"));
  EXPECT_EQ(problems("metric = 'x_seconds'\noutside = [0, 800]"), "");
  EXPECT_THAT(problems("metric = 'x_seconds'\nconsecutive = { runs = 2, above = 900 }"), HasSubstr("can never"));
  EXPECT_THAT(problems("metric = 'x_samples'\nabove = 9\nwhile = 'x_seconds > 900'"), HasSubstr("'while' is 900"));
  EXPECT_THAT(problems("metric = 'x_samples'\nabove = 9\nwhile = 'x_seconds >= 896'"), HasSubstr("'while' is 896"));
  EXPECT_EQ(problems("metric = 'x_samples'\nabove = 9\nwhile = 'x_seconds >= 0'"), "");
}

}  // namespace
}  // namespace leeway
