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

TEST_F(QuantityFindingsTest, TellAnObjectiveThatTheSampleDoesNotMeet) {
  const std::string good = "[[slo]]\nname = \"s\"\ngood = \"status < 500\"\nobjective = ";
  EXPECT_THAT(check(good + "0.99\n"),
              ElementsAre("test.toml:9:13: note: [[slo]] 's': of the sample 90% are good, less than "
                          "the objective of 99%"));
  EXPECT_THAT(check(good + "0.9\n"), IsEmpty());
  EXPECT_THAT(check("[[slo]]\nname = \"s\"\nvalue = \"ms\"\nbelow = 70\nobjective = 0.9\n"),
              ElementsAre(HasSubstr("of the sample 50% are good")));
}

}  // namespace
}  // namespace leeway
