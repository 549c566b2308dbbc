#include "exporters/prometheus/negotiation.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

constexpr ExpositionFormat kText = ExpositionFormat::kText;
constexpr ExpositionFormat kOpenMetrics = ExpositionFormat::kOpenMetrics;

TEST(Negotiation, AsPrometheusAsks) {
  // 2.42
  EXPECT_EQ(negotiate_format("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
                             "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
            kOpenMetrics);
  // 3.x
  EXPECT_EQ(negotiate_format("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/"
                             "openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                             "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
            kOpenMetrics);
  EXPECT_EQ(negotiate_format("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*"),
            kText);
}

TEST(Negotiation, ByQuality) {
  EXPECT_EQ(negotiate_format("application/openmetrics-text;q=0.2, text/plain;q=0.3"), kText);
  EXPECT_EQ(negotiate_format("application/openmetrics-text; q=0.3 , text/plain ; q=0.2"), kOpenMetrics);
  EXPECT_EQ(negotiate_format("application/openmetrics-text;q=0, */*"), kText);
  EXPECT_EQ(negotiate_format("APPLICATION/OpenMetrics-Text; VERSION=\"1.0.0\"; charset=utf-8"), kOpenMetrics);
}

TEST(Negotiation, TextWhereNothingFits) {
  for (const char* accept : {"", "*/*", "text/html,application/xhtml+xml", "application/openmetrics-text;version=2.0.0",
                             ";;;,,,=", "application/openmetrics-text;q=x", "application/vnd.google.protobuf"}) {
    EXPECT_EQ(negotiate_format(accept), kText) << accept;
  }
}

TEST(Negotiation, Gzip) {
  EXPECT_TRUE(accepts_gzip("gzip"));
  EXPECT_TRUE(accepts_gzip("deflate, gzip;q=0.5"));
  EXPECT_TRUE(accepts_gzip("*"));
  EXPECT_FALSE(accepts_gzip(""));
  EXPECT_FALSE(accepts_gzip("gzip;q=0, *"));
  EXPECT_FALSE(accepts_gzip("identity, deflate"));
}

}  // namespace
}  // namespace leeway
