// What the page of a preview writes: values in their units, axes, text. tests/integration/preview_test.py sees the
// page.
#include <gtest/gtest.h>

#include <limits>

#include "agent/core/html_text.h"
#include "dashboards/preview/axis.h"
#include "dashboards/preview/panel_data.h"
#include "dashboards/preview/value_text.h"

namespace leeway::preview {
namespace {

TEST(HtmlText, EscapesWhatHtmlWouldRead) {
  EXPECT_EQ("&lt;a href=&quot;x&quot;&gt;&amp;&#39;", escape_html("<a href=\"x\">&'"));
  EXPECT_EQ("a\xEF\xBF\xBD\n", escape_html(std::string_view("a\0\n", 3)));
}

TEST(HtmlText, WritesNoZerosAtTheEnd) {
  EXPECT_EQ("1.5", fixed_text(1.50, 3));
  EXPECT_EQ("100", fixed_text(100, 2));
  EXPECT_EQ("0", fixed_text(-0.001, 1));
}

TEST(ValueText, HasUnits) {
  EXPECT_EQ("0 s", value_text(0, PanelUnit::kSeconds, {}));
  EXPECT_EQ("150 ms", value_text(0.15, PanelUnit::kSeconds, {}));
  EXPECT_EQ("-2 mins", value_text(-120, PanelUnit::kSeconds, {}));
  EXPECT_EQ("1.5 KiB", value_text(1536, PanelUnit::kBytes, {}));
  EXPECT_EQ("12.3%", value_text(0.1234, PanelUnit::kRatio, {}));
  EXPECT_EQ("99.95%", value_text(0.9995, PanelUnit::kRatio, 2));
  EXPECT_EQ("1.23 Mil", value_text(1'234'567, PanelUnit::kNone, {}));
  EXPECT_EQ("0.0123", value_text(0.01234, PanelUnit::kNone, {}));
  EXPECT_EQ("-$1.5 K", value_text(-1500, PanelUnit::kDollars, {}));
  EXPECT_EQ("2.5 req/s", value_text(2.5, PanelUnit::kRequestsPerSecond, {}));
  EXPECT_EQ("Yes", value_text(1, PanelUnit::kBool, {}));
  EXPECT_EQ("2025-08-25 19:00:00", value_text(1756148400e3, PanelUnit::kTimestamp, {}));
}

TEST(ValueText, TakesAnyNumber) {
  constexpr double kMost = std::numeric_limits<double>::max();
  EXPECT_EQ("NaN", value_text(std::numeric_limits<double>::quiet_NaN(), PanelUnit::kBytes, {}));
  EXPECT_EQ("-Inf", value_text(-std::numeric_limits<double>::infinity(), PanelUnit::kBytes, {}));
  EXPECT_FALSE(value_text(kMost, PanelUnit::kTimestamp, {}).empty());
  EXPECT_FALSE(value_text(-kMost, PanelUnit::kRatio, {}).empty());
  EXPECT_FALSE(value_text(std::numeric_limits<double>::denorm_min(), PanelUnit::kSeconds, {}).empty());
}

TEST(ValueAxis, EndsAtMarksAroundTheValues) {
  const ValueAxis axis = value_axis(-3, 97);
  EXPECT_EQ(-25, axis.low);
  EXPECT_EQ(100, axis.high);
  EXPECT_EQ((std::vector<double>{-25, 0, 25, 50, 75, 100}), axis.marks);
  EXPECT_EQ(0, axis.y(100));
  EXPECT_EQ(kChartHeight, axis.y(-25));
}

TEST(ValueAxis, CountsBytesInTheirUnits) {
  EXPECT_EQ((std::vector<double>{0, 5 * 1024, 10 * 1024, 15 * 1024, 20 * 1024}), value_axis(0, 16'000, 1024).marks);
}

TEST(ValueAxis, TakesAnyRange) {
  constexpr double kMost = std::numeric_limits<double>::max();
  for (const double most : {0.0, 1e-300, 5e-324, 1.0, 1e300, kMost}) {
    const ValueAxis axis = value_axis(-most / 2, most);
    EXPECT_LT(axis.low, axis.high) << most;
    EXPECT_LT(axis.marks.size(), 25U) << most;
  }
}

TEST(TimeAxis, HasAFewMarksForAnyRange) {
  constexpr evaluation::Time kHour = 3600 * evaluation::kSecond;
  for (const evaluation::Time span :
       {evaluation::Time{0}, kHour / 6, kHour, 24 * kHour, 960 * kHour, 100'000 * kHour}) {
    const TimeAxis axis = time_axis(1'756'148'407'000, 1'756'148'407'000 + span);
    EXPECT_LT(axis.marks.size(), 10U) << span;
    EXPECT_TRUE(span == 0 || !axis.marks.empty()) << span;
  }
}

TEST(FillIn, ReplacesGrafanasVariables) {
  const PreviewRange range{0, 3'600'000, 60'000, 60'000};
  EXPECT_EQ(R"(rate(x{job=~".+", instance=~".+"}[60000ms]))",
            fill_in(R"(rate(x{job=~"$job", instance=~"${instance:regex}"}[$__rate_interval]))", range));
  EXPECT_EQ("increase(x[3600000ms]) / $__range_s", fill_in("increase(x[$__range]) / $__range_s", range));
}

}  // namespace
}  // namespace leeway::preview
