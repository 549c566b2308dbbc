#include "tests/agent/sampling/checked_sample.h"

namespace leeway {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class QuantityFindingsTest : public testing::Test {
 protected:
  // 100 records: from 20 to 119 milliseconds, every tenth with an error.
  void SetUp() override {
    for (int i = 0; i < 100; ++i) {
      checked_.log("{\"ms\": " + std::to_string(20 + i) + ", \"status\": " + (i % 10 == 0 ? "500" : "200") + "}\n");
    }
  }
  std::vector<std::string> check(const std::string& entry) {
    return checked_.check(CheckedSample::log_source() + entry);
  }
  static std::string histogram(const std::string& value, const std::string& buckets) {
    return "[[metric]]\nname = \"took_seconds\"\ntype = \"histogram\"\nvalue = \"" + value +
           "\"\nbuckets = " + buckets + "\n";
  }

  CheckedSample checked_;
};

TEST_F(QuantityFindingsTest, TellBucketsThatTheValuesAreAbove) {
  EXPECT_THAT(check(histogram("ms", "[0.1, 0.5, 1]")),
              ElementsAre("test.toml:10:11: warning: [[metric]] 'took_seconds': 100% of the values are above the last "
                          "bucket, 1; half of them are up to 70; `ms / 1000` would be between them"));
  EXPECT_THAT(check(histogram("ms / 1000", "[0.05, 0.1, 0.5]")), IsEmpty());
}

TEST_F(QuantityFindingsTest, TellBucketsThatTheValuesAreBelow) {
  EXPECT_THAT(check(histogram("ms / 1000", "[1, 10, 100]")),
              ElementsAre(AllOf(HasSubstr("note"), HasSubstr("100% of the values are in the first bucket, up to 1"),
                                HasSubstr("`ms / 1000 * 1000` would be between them"))));
}

// The default buckets are of seconds.
TEST_F(QuantityFindingsTest, TellDefaultBucketsOfAnotherUnit) {
  const std::string plain = "[[metric]]\nname = \"took\"\ntype = \"histogram\"\nvalue = \"";
  EXPECT_THAT(check(plain + "ms\"\n"),
              ElementsAre("test.toml:9:9: warning: [[metric]] 'took': 100% of the values are above the last bucket, 10 "
                          "(`buckets` are the default); half of them are up to 70; `ms / 1000` would be between them"));
  EXPECT_THAT(check(plain + "ms / 1000\"\n"), IsEmpty());
  // Few values that fit.
  checked_.files.write("/log/app.log", "{\"took_ms\": 4, \"size_bytes\": 3}\n{\"took_ms\": 2, \"size_bytes\": 9}\n");
  EXPECT_THAT(check(plain + "took_ms\"\n"),
              ElementsAre("test.toml:9:9: warning: [[metric]] 'took': `took_ms` seems to be in milliseconds, but "
                          "`buckets` are the default, for seconds up to 10; expected value = \"took_ms / 1000\" and a "
                          "name that ends in _seconds, or `buckets`"));
  EXPECT_THAT(check(plain + "size_bytes\"\n"), ElementsAre(HasSubstr("`size_bytes` seems to be in bytes")));
  EXPECT_THAT(check(plain + "took_ms\"\nbuckets = [1, 5, 10]\n"), IsEmpty());
  EXPECT_THAT(check("[[metric]]\nname = \"took\"\ntype = \"gauge\"\nvalue = \"took_ms\"\n"), IsEmpty());
}

TEST_F(QuantityFindingsTest, TellAnObjectiveThatTheSampleDoesNotMeet) {
  const std::string good = "[[slo]]\nname = \"s\"\ngood = \"status < 500\"\nobjective = ";
  EXPECT_THAT(check(good + "0.99\n"),
              ElementsAre("test.toml:9:13: note: [[slo]] 's': of the sample 90% are good, less than "
                          "the objective of 99%"));
  EXPECT_THAT(check(good + "0.9\n"), IsEmpty());
  EXPECT_THAT(check(good + "0.9999\n"), ElementsAre(HasSubstr("less than the objective of 99.99%")));
  EXPECT_THAT(check(good + "0.99999\n"), ElementsAre(HasSubstr("less than the objective of 99.999%")));
  EXPECT_THAT(check("[[slo]]\nname = \"s\"\nvalue = \"ms\"\nbelow = 70\nobjective = 0.9\n"),
              ElementsAre(HasSubstr("of the sample 50% are good")));
}

TEST_F(QuantityFindingsTest, TellAnObjectiveThatNothingMisses) {
  const std::string slo = "[[slo]]\nname = \"s\"\nvalue = \"ms / 1000\"\nobjective = 0.9\nbelow = ";
  EXPECT_THAT(check(slo + "500\n"),
              ElementsAre("test.toml:10:9: note: [[slo]] 's': all of 100 records are good: their values are up to "
                          "0.119, and half of them up to 0.07, far below 500; in thousandths `ms / 1000 * 1000`, or "
                          "below = 0.5, would be nearer"));
  EXPECT_THAT(check(slo + "1\n"), IsEmpty());
  EXPECT_THAT(check(slo + "10\n"), IsEmpty());
}

TEST_F(QuantityFindingsTest, TellANumberThatIsNoCondition) {
  EXPECT_THAT(check("[[slo]]\nname = \"s\"\ngood = \"status\"\nobjective = 0.9\n"),
              testing::Contains(AllOf(HasSubstr("warning"), HasSubstr("`status` is a number, which is no condition; "
                                                                      "expected one such as `status < 500`"))));
}

TEST_F(QuantityFindingsTest, TellAnObjectiveInAnotherUnit) {
  const std::string slo = "[[slo]]\nname = \"s\"\nvalue = \"ms\"\nobjective = 0.9\nbelow = ";
  EXPECT_THAT(check(slo + "0.2\n"),
              ElementsAre("test.toml:10:9: warning: [[slo]] 's': 0 of 100 records are good, whose value is below 0.2; "
                          "half of the values are up to 70; `ms` seems to be in milliseconds: expected value = \"ms / "
                          "1000\", or below = 200"));
  EXPECT_THAT(check(slo + "20.5\n"), ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("1 of 100 records are good"))));
  EXPECT_THAT(check(slo + "25\n"), ElementsAre(AllOf(HasSubstr("note"), HasSubstr("of the sample 5% are good"))));
}

TEST_F(QuantityFindingsTest, AskForTheUnitOfAnObjectiveThatNoneMeets) {
  checked_.files.write("/log/app.log", "");
  for (int i = 0; i < 100; ++i) {
    checked_.log("{\"took\": " + std::to_string(2 + i % 50) + ", \"ok\": " + (i == 0 ? "true" : "false") + "}\n");
  }
  EXPECT_THAT(check("[[slo]]\nname = \"s\"\nvalue = \"took\"\nobjective = 0.9\nbelow = 0.2\n"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("expected value = \"took / 1000\", or below = 200"))));
  EXPECT_THAT(check("[[slo]]\nname = \"s\"\ngood = \"ok\"\nobjective = 0.9\n"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("1% are good"))));
  EXPECT_THAT(check("[[slo]]\nname = \"s\"\ngood = \"took < 0.2\"\nobjective = 0.9\n"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("`good` is true for none of 100 records"))));
}

TEST_F(QuantityFindingsTest, TellAFieldInAnotherUnitThanItsMetric) {
  const auto metric = [](const std::string& name, const std::string& type, const std::string& value) {
    return "[[metric]]\nname = \"" + name + "\"\ntype = \"" + type + "\"\nvalue = \"" + value + "\"\n";
  };
  checked_.files.write("/log/app.log",
                       "{\"ms\": 3, \"duration_ms\": 2.7, \"tookNs\": 100, \"size_kb\": 5, \"age_seconds\": 3, "
                       "\"items\": 4, \"sent_bytes\": 12}\n");
  EXPECT_THAT(check(metric("d_seconds", "histogram", "duration_ms")),
              ElementsAre("test.toml:9:9: warning: [[metric]] 'd_seconds': `duration_ms` seems to be in milliseconds, "
                          "but the metric is in seconds; expected value = \"duration_ms / 1000\""));
  EXPECT_THAT(check(metric("d_seconds_total", "counter", "tookNs")),
              ElementsAre(HasSubstr("expected value = \"tookNs / 1000000000\"")));
  EXPECT_THAT(check(metric("d_bytes", "gauge", "size_kb")), ElementsAre(HasSubstr("value = \"size_kb * 1000\"")));
  EXPECT_THAT(check(metric("d_seconds", "gauge", "sent_bytes")),
              ElementsAre(HasSubstr("`sent_bytes` seems to be in bytes, but the metric is in seconds")));
  for (const char* const value : {"age_seconds", "items", "duration_ms / 1000", "size_kb * 2"}) {
    EXPECT_THAT(check(metric("d_seconds", "gauge", value)), IsEmpty()) << value;
  }
  EXPECT_THAT(check(metric("d_bytes", "gauge", "sent_bytes")), IsEmpty());
  EXPECT_THAT(check(metric("d", "gauge", "duration_ms")), IsEmpty());
}

}  // namespace
}  // namespace leeway
