#include "exporters/prometheus/exposition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/exposition_parser.h"

namespace leeway {
namespace {

constexpr TimePoint kCreated = TimePoint(std::chrono::milliseconds(1'700'000'000'500));

std::string page(SnapshotBuilder& builder, ExpositionFormat format) {
  const std::shared_ptr<const Snapshot> snapshot = builder.build();
  LabelTextCache texts;
  std::string out;
  write_families(snapshot->families(), format, texts, out);
  write_end(format, out);
  EXPECT_EQ(ExpositionParser::parse(out).error, "") << out;
  return out;
}

void fill(SnapshotBuilder& builder) {
  MetricFamily& requests = builder.family({"requests_total", MetricType::kCounter, "Requests.", {"path"}, {}});
  builder.add(requests, builder.labels({{"path", "/a"}}), 3, kCreated);
  builder.add(requests, builder.labels({{"path", "/b"}}), 1e15, kCreated);
  MetricFamily& duration = builder.family({"duration_seconds", MetricType::kHistogram, "Duration.", {}, {0.1, 1}});
  const std::vector<std::uint64_t> buckets = {2, 1, 4};
  builder.add_histogram(duration, {}, buckets, 12.5, kCreated);
  builder.add(builder.family({"temperature_celsius", MetricType::kGauge, "Now.", {}, {}}), {}, -2.5);
  builder.add(builder.family({"build_info", MetricType::kInfo, "Build.", {"version"}, {}}),
              builder.labels({{"version", "1"}}), 1);
  builder.family({"unseen_total", MetricType::kCounter, "Nothing yet.", {}, {}});
}

TEST(Exposition, Text) {
  SnapshotBuilder builder{TimePoint()};
  fill(builder);
  EXPECT_EQ(page(builder, ExpositionFormat::kText), R"(# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{path="/a"} 3
requests_total{path="/b"} 1e+15
# HELP duration_seconds Duration.
# TYPE duration_seconds histogram
duration_seconds_bucket{le="0.1"} 2
duration_seconds_bucket{le="1"} 3
duration_seconds_bucket{le="+Inf"} 7
duration_seconds_sum 12.5
duration_seconds_count 7
# HELP temperature_celsius Now.
# TYPE temperature_celsius gauge
temperature_celsius -2.5
# HELP build_info Build.
# TYPE build_info gauge
build_info{version="1"} 1
)");
}

// A person reads them, and rules name them so.
TEST(Exposition, BoundsHaveNoExponent) {
  const auto page_as = [](ExpositionFormat format) {
    SnapshotBuilder builder{TimePoint()};
    MetricFamily& sizes =
        builder.family({"size_bytes", MetricType::kHistogram, "Size.", {}, {0.00001, 0.0002, 100000, 1e6}});
    builder.add_histogram(sizes, {}, std::vector<std::uint64_t>{1, 0, 0, 0, 0}, 1e-6, kCreated);
    return page(builder, format);
  };
  const std::string text = page_as(ExpositionFormat::kText);
  for (const char* const bound : {"0.00001", "0.0002", "100000", "1000000"}) {
    EXPECT_NE(text.find("{le=\"" + std::string(bound) + "\"} 1\n"), std::string::npos) << bound << text;
  }
  EXPECT_NE(page_as(ExpositionFormat::kOpenMetrics).find("{le=\"100000.0\"} 1\n"), std::string::npos);
}

TEST(Exposition, OpenMetrics) {
  SnapshotBuilder builder{TimePoint()};
  fill(builder);
  EXPECT_EQ(page(builder, ExpositionFormat::kOpenMetrics), R"(# HELP requests Requests.
# TYPE requests counter
requests_total{path="/a"} 3
requests_created{path="/a"} 1700000000.5
requests_total{path="/b"} 1e+15
requests_created{path="/b"} 1700000000.5
# HELP duration_seconds Duration.
# TYPE duration_seconds histogram
duration_seconds_bucket{le="0.1"} 2
duration_seconds_bucket{le="1.0"} 3
duration_seconds_bucket{le="+Inf"} 7
duration_seconds_sum 12.5
duration_seconds_count 7
duration_seconds_created 1700000000.5
# HELP temperature_celsius Now.
# TYPE temperature_celsius gauge
temperature_celsius -2.5
# HELP build Build.
# TYPE build info
build_info{version="1"} 1
# EOF
)");
}

// The sum of values that may be negative is no counter; OpenMetrics then allows no _count either.
TEST(Exposition, AHistogramWithoutItsSum) {
  for (const ExpositionFormat format : {ExpositionFormat::kText, ExpositionFormat::kOpenMetrics}) {
    SnapshotBuilder builder{TimePoint()};
    MetricFamily& family = builder.family({"change", MetricType::kHistogram, "Change.", {}, {-1}});
    family.without_sum = true;
    builder.add_histogram(family, {}, std::vector<std::uint64_t>{2, 1}, -7, kNoTime);
    const bool text = format == ExpositionFormat::kText;
    EXPECT_EQ(page(builder, format), std::string("# HELP change Change.\n# TYPE change histogram\n") +
                                         "change_bucket{le=\"" + (text ? "-1" : "-1.0") +
                                         "\"} 2\nchange_bucket{le=\"+Inf\"} 3\n" +
                                         (text ? "change_count 3\n" : "# EOF\n"));
  }
}

// As long as it has its name: a client of OpenMetrics would look for errors_total.
TEST(Exposition, ACounterWithoutTheSuffixKeepsItsName) {
  const auto errors = [](ExpositionFormat format) {
    SnapshotBuilder builder{TimePoint()};
    builder.add(builder.family({"errors", MetricType::kCounter, "Errors.", {}, {}}), {}, 2, kCreated);
    return page(builder, format);
  };
  EXPECT_EQ(errors(ExpositionFormat::kText), "# HELP errors Errors.\n# TYPE errors counter\nerrors 2\n");
  EXPECT_EQ(errors(ExpositionFormat::kOpenMetrics), "# HELP errors Errors.\n# TYPE errors unknown\nerrors 2\n# EOF\n");
}

TEST(Exposition, EveryDoubleReadsBackAsItself) {
  const std::vector<double> values = {0,
                                      -0.0,
                                      1,
                                      0.1,
                                      1.0 / 3,
                                      1e-300,
                                      1e300,
                                      5e-324,
                                      123456789012345678.0,
                                      std::numeric_limits<double>::max(),
                                      999999999999999.0,
                                      1e15};
  for (const double value : values) {
    SnapshotBuilder builder{TimePoint()};
    builder.add(builder.family({"x", MetricType::kGauge, "X.", {}, {}}), {}, value);
    EXPECT_EQ(ExpositionParser::parse(page(builder, ExpositionFormat::kText)).samples.at(0).value, value);
  }
}

TEST(Exposition, WhatIsNoNumberIsNamedAsPrometheusDoes) {
  SnapshotBuilder builder{TimePoint()};
  MetricFamily& family = builder.family({"x", MetricType::kGauge, "X.", {"k"}, {}});
  builder.add(family, builder.labels({{"k", "1"}}), std::numeric_limits<double>::quiet_NaN());
  builder.add(family, builder.labels({{"k", "2"}}), std::numeric_limits<double>::infinity());
  builder.add(family, builder.labels({{"k", "3"}}), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(page(builder, ExpositionFormat::kText),
            "# HELP x X.\n# TYPE x gauge\nx{k=\"1\"} NaN\nx{k=\"2\"} +Inf\nx{k=\"3\"} -Inf\n");
}

TEST(Exposition, LabelsAndHelpSurviveAnyText) {
  for (const std::string& text : {std::string("plain"), std::string("quote \" back \\ line\nend"), std::string("\\n"),
                                  std::string("}, {x=\"1\"} 5"), std::string("\xC3\xA9"), std::string("\\")}) {
    SnapshotBuilder builder{TimePoint()};
    builder.add(builder.family({"x", MetricType::kGauge, text, {"k"}, {}}), builder.labels({{"k", text}}), 1);
    const ParsedPage parsed = ExpositionParser::parse(page(builder, ExpositionFormat::kText));
    EXPECT_EQ(parsed.samples.at(0).labels.at(0).second, text);
    EXPECT_EQ(parsed.help.at("x"), text);
  }
}

}  // namespace
}  // namespace leeway
