// The literal values are what Prometheus 2.42 and 3 write for the same number (checked by promtool, see
// tests/deploy/humanize_test.py).
#include "rules/description.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace leeway {
namespace {

TEST(Humanize, Money) {
  EXPECT_EQ(humanize(12.5, Unit::kDollars), "12.50 USD");
  EXPECT_EQ(humanize(-0.004, Unit::kEuros), "-0.00 EUR");
  EXPECT_EQ(humanize(std::nan(""), Unit::kPounds), "NaN GBP");
}

TEST(Humanize, Numbers) {
  EXPECT_EQ(humanize(0, Unit::kNone), "0");
  EXPECT_EQ(humanize(1, Unit::kNone), "1");
  EXPECT_EQ(humanize(-12.345, Unit::kNone), "-12.35");
  EXPECT_EQ(humanize(999.99, Unit::kNone), "1000");
  EXPECT_EQ(humanize(1000, Unit::kNone), "1k");
  EXPECT_EQ(humanize(1234567, Unit::kNone), "1.235M");
  EXPECT_EQ(humanize(2e9, Unit::kNone), "2G");
  EXPECT_EQ(humanize(1e27, Unit::kNone), "1000Y");
  EXPECT_EQ(humanize(1e30, Unit::kNone), "1e+06Y");
  EXPECT_EQ(humanize(0.001, Unit::kNone), "1m");
  EXPECT_EQ(humanize(-0.00105, Unit::kNone), "-1.05m");
  EXPECT_EQ(humanize(2.5e-7, Unit::kNone), "250n");
  EXPECT_EQ(humanize(std::numeric_limits<double>::infinity(), Unit::kNone), "+Inf");
  EXPECT_EQ(humanize(-std::numeric_limits<double>::infinity(), Unit::kNone), "-Inf");
  EXPECT_EQ(humanize(std::nan(""), Unit::kNone), "NaN");
}

TEST(Humanize, Ratios) {
  EXPECT_EQ(humanize(0.00105, Unit::kRatio), "0.105%");
  EXPECT_EQ(humanize(0.9, Unit::kRatio), "90%");
  EXPECT_EQ(humanize(-0.05, Unit::kRatio), "-5%");
  EXPECT_EQ(humanize(123.456, Unit::kRatio), "1.235e+04%");
}

TEST(Humanize, Bytes) {
  EXPECT_EQ(humanize(0, Unit::kBytes), "0B");
  EXPECT_EQ(humanize(1, Unit::kBytes), "1B");
  EXPECT_EQ(humanize(0.5, Unit::kBytes), "0.5B");
  EXPECT_EQ(humanize(1023, Unit::kBytes), "1023B");
  EXPECT_EQ(humanize(1024, Unit::kBytes), "1kiB");
  EXPECT_EQ(humanize(2.1e9, Unit::kBytes), "1.956GiB");
}

TEST(Humanize, Durations) {
  EXPECT_EQ(humanize(0, Unit::kSeconds), "0s");
  EXPECT_EQ(humanize(0.1575, Unit::kSeconds), "157.5ms");
  EXPECT_EQ(humanize(1, Unit::kSeconds), "1s");
  EXPECT_EQ(humanize(1.25, Unit::kSeconds), "1.25s");
  EXPECT_EQ(humanize(60, Unit::kSeconds), "1m 0s");
  EXPECT_EQ(humanize(59.9, Unit::kSeconds), "59.9s");
  EXPECT_EQ(humanize(3600, Unit::kSeconds), "1h 0m 0s");
  EXPECT_EQ(humanize(93660, Unit::kSeconds), "1d 2h 1m 0s");
  EXPECT_EQ(humanize(-90, Unit::kSeconds), "-1m 30s");
}

TEST(Humanize, TimeStamps) {
  EXPECT_EQ(humanize(0, Unit::kTimestamp), "1970-01-01 00:00:00 +0000 UTC");
  EXPECT_EQ(humanize(1435065584, Unit::kTimestamp), "2015-06-23 13:19:44 +0000 UTC");
  EXPECT_EQ(humanize(-640648744.9, Unit::kTimestamp), "1949-09-13 02:00:55.1 +0000 UTC");
}

TEST(Description, ValueAndLabelsBecomeActionsAndAllElseStays) {
  EXPECT_EQ(description_template("$labels.2024 costs $labels.a2", Unit::kNone), "$labels.2024 costs {{ $labels.a2 }}");
  EXPECT_EQ(description_template("$value on $labels.instance, $labels.", Unit::kBytes),
            "{{ $value | humanize1024 }}B on {{ $labels.instance }}, $labels.");
  EXPECT_EQ(description_template("$values $valued $value_x $value.", Unit::kNone),
            "$values $valued $value_x {{ $value | humanize }}.");
}

TEST(Description, WhatLooksLikeATemplateIsInert) {
  EXPECT_EQ(inert_template("a {{ $value }} b"), R"(a {{ "{{" }} $value }} b)");
  EXPECT_EQ(inert_template("{{{"), R"({{ "{{" }}{{ "{" }})");
  EXPECT_EQ(inert_template("{"), R"({{ "{" }})");
  EXPECT_EQ(inert_template("}} {x}"), "}} {x}");
  // A brace before an action would make three of them.
  EXPECT_EQ(description_template("{$value", Unit::kNone), R"({{ "{" }}{{ $value | humanize }})");
}

TEST(Description, RenderedAsPrometheusDoes) {
  const RuleLabels labels{{"instance", "a:1"}};
  EXPECT_EQ(rendered_description("$value {{ on $labels.instance$labels.none!", Unit::kRatio, labels, 0.25),
            "25% {{ on a:1!");
}

TEST(Outlook, IsComputedWhenTheAlertFires) {
  const Outlook outlook{"left{slo=$labels.slo, a=\"%\"} * 2.5 / $value", Unit::kSeconds, "It lasts {{ $result.",
                        "It is spent."};
  EXPECT_EQ(outlook_template(outlook),
            R"({{ with printf "left{slo=%q, a=\"%%\"} * 2.5 / %g" $labels.slo $value | query }}It lasts {{ "{{" }} )"
            R"({{ . | first | value | humanizeDuration }}.{{ else }}It is spent.{{ end }})");
  EXPECT_EQ(rendered_outlook(outlook, 90), "It lasts {{ 1m 30s.");
  EXPECT_EQ(rendered_outlook(outlook, std::nullopt), "It is spent.");
}

}  // namespace
}  // namespace leeway
