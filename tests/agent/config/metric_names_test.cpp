#include "agent/config/metric_names.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

// The result of `promtool check metrics` (Prometheus 2.42) for a family with this name, a help text and this type: Bad
// where it complained, Good where it was silent.
constexpr const char* kBadCounters[] = {"x",
                                        "x_seconds",
                                        "x_milliseconds",
                                        "x_milliseconds_total",
                                        "x_ms",
                                        "x_s",
                                        "x_sec",
                                        "x_m",
                                        "x_h",
                                        "x_d",
                                        "x_days",
                                        "x_day",
                                        "x_minutes",
                                        "x_minute",
                                        "x_second",
                                        "x_weeks",
                                        "x_months",
                                        "x_kb",
                                        "x_KB",
                                        "x_b",
                                        "x_bits",
                                        "x_megabytes",
                                        "x_kilobytes",
                                        "x_mebibytes",
                                        "x_kibibytes",
                                        "x_kelvin",
                                        "x_kelvins",
                                        "x_celsius",
                                        "x_fahrenheit",
                                        "x_percent",
                                        "x_percents",
                                        "x_percentage",
                                        "x_ratio",
                                        "x_kilometers",
                                        "x_meters",
                                        "x_centimeters",
                                        "x_millimeters",
                                        "x_kilograms",
                                        "x_grams",
                                        "x_kilojoules",
                                        "x_joules",
                                        "x_millivolts",
                                        "x_kilovolts",
                                        "x_kiloamperes",
                                        "x_amperes",
                                        "x_milliamperes",
                                        "x_microamperes",
                                        "x_nanoamperes",
                                        "x_counter",
                                        "x_gauge",
                                        "x_histogram",
                                        "x_summary",
                                        "counter_x",
                                        "gauge_x",
                                        "xcounter",
                                        "x_count",
                                        "x_sum",
                                        "x_bucket",
                                        "x_info",
                                        "x_created",
                                        "x_timestamp_seconds",
                                        "xY_z",
                                        "fooBar_total",
                                        "x__y",
                                        "_x",
                                        "x_",
                                        "x:y",
                                        "x_feet",
                                        "x_miles",
                                        "x_inches",
                                        "x_yards",
                                        "x_pounds",
                                        "x_ounces",
                                        "x_rankine",
                                        "x_bytes",
                                        "x_byte",
                                        "x_tb",
                                        "x_pb",
                                        "x_gb",
                                        "x_gib",
                                        "x_mib",
                                        "x_kib",
                                        "x_ms_total",
                                        "x_hours",
                                        "x_ns",
                                        "x_us",
                                        "x_picoseconds",
                                        "x_decibels",
                                        "x_celsiuses",
                                        "total",
                                        "x_total_y",
                                        "minutes_x_total",
                                        "x_eb",
                                        "x_min",
                                        "x_mins",
                                        "x_hr",
                                        "x_msec",
                                        "x_deca",
                                        "x_hectometers",
                                        "x_kilo",
                                        "x_terabytes",
                                        "x_kilobits",
                                        "x_volt",
                                        "x_megavolts",
                                        "x_kilowatts",
                                        "x_gigahertz",
                                        "http_5xx",
                                        "x_milli",
                                        "x_sumo",
                                        "x_mm",
                                        "x_kb_total",
                                        "x_minutes_per_y"};
constexpr const char* kGoodCounters[] = {"x_total",         "Foo_total",    "FOO_total",
                                         "ms_x_total",      "x_hour_total", "x_nanosecond_total",
                                         "seconds_x_total", "x_min_total",  "x_second_total"};
// Of gauges and of histograms.
constexpr const char* kBadOfBoth[] = {"x_total",
                                      "x_milliseconds",
                                      "x_milliseconds_total",
                                      "x_ms",
                                      "x_s",
                                      "x_sec",
                                      "x_m",
                                      "x_h",
                                      "x_d",
                                      "x_days",
                                      "x_minutes",
                                      "x_weeks",
                                      "x_kb",
                                      "x_KB",
                                      "x_b",
                                      "x_bits",
                                      "x_megabytes",
                                      "x_kilobytes",
                                      "x_kibibytes",
                                      "x_kelvins",
                                      "x_fahrenheit",
                                      "x_kilometers",
                                      "x_centimeters",
                                      "x_millimeters",
                                      "x_kilograms",
                                      "x_kilojoules",
                                      "x_millivolts",
                                      "x_kilovolts",
                                      "x_kiloamperes",
                                      "x_milliamperes",
                                      "x_microamperes",
                                      "x_nanoamperes",
                                      "x_counter",
                                      "x_gauge",
                                      "x_histogram",
                                      "x_summary",
                                      "xY_z",
                                      "fooBar_total",
                                      "Foo_total",
                                      "FOO_total",
                                      "x:y",
                                      "x_miles",
                                      "x_inches",
                                      "x_yards",
                                      "x_pounds",
                                      "x_ounces",
                                      "x_rankine",
                                      "x_tb",
                                      "x_pb",
                                      "x_gb",
                                      "x_ms_total",
                                      "ms_x_total",
                                      "x_hours",
                                      "x_hour_total",
                                      "x_nanosecond_total",
                                      "x_ns",
                                      "x_us",
                                      "x_picoseconds",
                                      "seconds_x_total",
                                      "minutes_x_total",
                                      "x_hectometers",
                                      "x_min_total",
                                      "x_terabytes",
                                      "x_kilobits",
                                      "x_second_total",
                                      "x_megavolts",
                                      "x_kb_total",
                                      "x_minutes_per_y"};
constexpr const char* kGoodOfBoth[] = {
    "x",         "x_seconds",   "x_day",       "x_minute",     "x_second", "x_months",   "x_mebibytes", "x_kelvin",
    "x_celsius", "x_percent",   "x_percents",  "x_percentage", "x_ratio",  "x_meters",   "x_grams",     "x_joules",
    "x_amperes", "counter_x",   "gauge_x",     "xcounter",     "x__y",     "_x",         "x_",          "x_feet",
    "x_bytes",   "x_byte",      "x_gib",       "x_mib",        "x_kib",    "x_decibels", "x_celsiuses", "total",
    "x_total_y", "x_eb",        "x_min",       "x_mins",       "x_hr",     "x_msec",     "x_deca",      "x_kilo",
    "x_volt",    "x_kilowatts", "x_gigahertz", "http_5xx",     "x_milli",  "x_sumo",     "x_mm"};
// Of gauges only.
constexpr const char* kBadGauges[] = {"x_count", "x_sum", "x_bucket"};
constexpr const char* kGoodGauges[] = {"x_info", "x_timestamp_seconds"};

template <std::size_t kBadCount, std::size_t kGoodCount>
void expect_the_same(MetricType type, const char* const (&bad)[kBadCount], const char* const (&good)[kGoodCount]) {
  for (const char* name : bad) {
    EXPECT_TRUE(metric_name_problem(name, type)) << to_string(type) << " " << name << " was accepted";
  }
  for (const char* name : good) {
    const std::optional<std::string> problem = metric_name_problem(name, type);
    EXPECT_FALSE(problem) << to_string(type) << ": " << problem.value_or("");
  }
}

TEST(MetricNames, ComplainsWherePromtoolDoesAndNowhereElse) {
  expect_the_same(MetricType::kCounter, kBadCounters, kGoodCounters);
  expect_the_same(MetricType::kGauge, kBadGauges, kGoodGauges);
  expect_the_same(MetricType::kGauge, kBadOfBoth, kGoodOfBoth);
  expect_the_same(MetricType::kHistogram, kBadOfBoth, kGoodOfBoth);
}

TEST(MetricNames, WhatIsOutsideTheDataModel) {
  for (const char* name :
       {"", "5xx_total", "a-b_total", "a b_total", "a.b_total", "\xC3\xA4_total", "a\n_total", "a{}_total"}) {
    EXPECT_TRUE(metric_name_problem(name, MetricType::kCounter)) << name;
  }
  EXPECT_FALSE(metric_name_problem("_a1_total", MetricType::kCounter));
  EXPECT_FALSE(metric_name_problem("A_total", MetricType::kCounter));
}

TEST(MetricNames, TheSuffixesOfOpenMetricsAndOfHistograms) {
  for (const MetricType type : {MetricType::kGauge, MetricType::kHistogram}) {
    for (const char* name : {"x_bucket", "x_sum", "x_count", "x_created"}) {
      EXPECT_TRUE(metric_name_problem(name, type)) << to_string(type) << " " << name;
    }
  }
  EXPECT_TRUE(metric_name_problem("x_info", MetricType::kHistogram));
  EXPECT_TRUE(metric_name_problem("x_timestamp_seconds", MetricType::kHistogram));
}

TEST(MetricNames, NamesThatOthersSet) {
  for (const char* name : {"up", "leeway_requests", "process_open_files", "scrape_requests", "go_requests"}) {
    const std::optional<std::string> problem = metric_name_problem(name, MetricType::kGauge);
    ASSERT_TRUE(problem) << name;
    EXPECT_NE(problem->find("reserved"), std::string::npos) << *problem;
  }
  for (const char* name : {"upstream_requests", "up_ratio", "processes", "gold", "myapp_process_count_ratio"}) {
    EXPECT_FALSE(metric_name_problem(name, MetricType::kGauge)) << name;
  }
}

TEST(MetricNames, SaysWhatWasExpected) {
  EXPECT_EQ(metric_name_problem("requests", MetricType::kCounter),
            "counter 'requests' does not end in _total; did you mean 'requests_total'?");
  EXPECT_EQ(metric_name_problem("queue_total", MetricType::kGauge),
            "gauge 'queue_total' ends in _total, which is for counters; did you mean 'queue'?");
  EXPECT_EQ(metric_name_problem("latency_milliseconds", MetricType::kHistogram),
            "metric name 'latency_milliseconds' uses the unit 'milliseconds'; expected the base unit, 'seconds'");
  EXPECT_EQ(metric_name_problem("latency_ms", MetricType::kHistogram),
            "metric name 'latency_ms' uses the unit 'ms'; expected the base unit, 'seconds'");
  EXPECT_EQ(metric_name_problem("requests_gauge", MetricType::kGauge),
            "metric name 'requests_gauge' contains the type 'gauge'; expected a name that says what is measured");
  EXPECT_EQ(metric_name_problem("requestsOpen", MetricType::kGauge),
            "metric name 'requestsOpen' is in camelCase; expected snake_case");
}

TEST(MetricNames, WithoutLintOnlyWhatIsWrongInPrometheus) {
  EXPECT_FALSE(metric_name_problem("request_duration_ms", MetricType::kHistogram, false));
  EXPECT_FALSE(metric_name_problem("x_errors", MetricType::kCounter, false));
  EXPECT_FALSE(metric_name_problem("queueLength", MetricType::kGauge, false));
  EXPECT_TRUE(metric_name_problem("a-b", MetricType::kGauge, false));
  EXPECT_TRUE(metric_name_problem("leeway_x", MetricType::kGauge, false));
  EXPECT_TRUE(metric_name_problem("x_bucket", MetricType::kGauge, false));
}

TEST(LabelNames, WhatIsOutsideTheDataModel) {
  for (const char* name : {"", "1a", "a-b", "a b", "a.b", "a:b", "\xC3\xA4", "__name__", "__x", "a\""}) {
    EXPECT_TRUE(label_name_problem(name, MetricType::kCounter)) << name;
  }
  for (const char* name : {"a", "_a", "a1", "A", "status_code", "a__b"}) {
    EXPECT_FALSE(label_name_problem(name, MetricType::kCounter)) << name;
  }
}

TEST(LabelNames, NamesThatOthersSet) {
  for (const MetricType type : {MetricType::kCounter, MetricType::kGauge, MetricType::kHistogram}) {
    for (const char* name : {"job", "instance", "overflow", "le", "quantile"}) {
      const std::optional<std::string> problem = label_name_problem(name, type);
      ASSERT_TRUE(problem) << name;
      EXPECT_NE(problem->find("expected another name"), std::string::npos) << *problem;
    }
  }
  EXPECT_TRUE(label_name_problem("statusCode", MetricType::kCounter));
}

}  // namespace
}  // namespace leeway
