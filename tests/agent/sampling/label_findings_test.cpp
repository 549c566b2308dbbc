#include "tests/agent/sampling/checked_sample.h"

namespace leeway {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LabelFindingsTest : public testing::Test {
 protected:
  // `values` different users in 4,000 records of 400 seconds.
  void log(int values) {
    std::string text;
    for (int i = 0; i < 4000; ++i) {
      text += "{\"ts\": " + std::to_string(1'700'000'000 + i / 10) + ", \"user\": \"u" + std::to_string(i % values) +
              "\", \"status\": " + (i % 2 == 0 ? "\"ok\"" : "\"bad\"") + "}\n";
    }
    checked_.log(text);
  }
  std::vector<std::string> check(const std::string& keys) {
    return checked_.check(CheckedSample::log_source("time = \"ts\"\n") +
                          "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\n" + keys);
  }

  CheckedSample checked_;
};

TEST_F(LabelFindingsTest, TellALabelThatIsAnIdentifier) {
  log(4000);
  EXPECT_THAT(
      check("labels = [\"status\", \"user\"]\nmax_series = 10000\n"),
      ElementsAre(AllOf(HasSubstr("test.toml:10:21: warning: [[metric]] 'x_total': 4000 sets of label values in "
                                  "4000 records, of which `user` has 4000 values"),
                        HasSubstr("at this rate about 870000 a day; the limit is 10000"))));
}

TEST_F(LabelFindingsTest, TellALabelWhoseValuesGrowWithTheRecords) {
  const auto fill = [&](int records, int values) {
    std::string text;
    for (int i = 0; i < records; ++i) {
      text += "{\"ts\": " + std::to_string(1'700'000'000 + 5 * i) + ", \"user\": \"u" + std::to_string(i % values) +
              "\"}\n";
    }
    checked_.files.write("/log/app.log", text);
  };
  fill(974, 844);
  const std::string expected = "844 sets of label values in 974 records, of which `user` has 844 values";
  EXPECT_THAT(check("labels = [\"user\"]\n"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr(expected), HasSubstr(" a day; the limit is "),
                                HasSubstr("; expected a label of few values"))));
  EXPECT_THAT(check("labels = [\"user\"]\nmax_series = 100000\n"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr(expected))));
  fill(974, 80);
  EXPECT_THAT(check("labels = [\"user\"]\n"), IsEmpty());
  fill(60, 60);
  EXPECT_THAT(check("labels = [\"user\"]\nmax_series = 100000\n"), IsEmpty()) << "so few records say nothing";
}

TEST_F(LabelFindingsTest, TellALimitThatIsExceeded) {
  log(50);
  EXPECT_THAT(check("labels = { who = \"user\" }\nmax_series = 20\n"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("`who` has 50 values"),
                                HasSubstr("the limit is 20, further ones share one series"))));
}

TEST_F(LabelFindingsTest, AreNoneWhereAllValuesAreKnownEarly) {
  log(50);
  EXPECT_THAT(check("labels = [\"user\"]\nmax_series = 60\n"), IsEmpty());
}

TEST_F(LabelFindingsTest, TellValuesThatAreNotDeclared) {
  log(1);
  EXPECT_THAT(check("labels = [\"status\"]\nvalues = { status = [\"ok\", \"failed\"] }\n"),
              ElementsAre(AllOf(HasSubstr("test.toml:11:21: warning"), HasSubstr("`values` of the label 'status'"),
                                HasSubstr("\"bad\" in 2000"))));
  EXPECT_THAT(check("labels = [\"status\"]\nvalues = { status = [\"ok\", \"bad\"] }\n"), IsEmpty());
}

TEST(LabelFindings, WarnOfValuesOfWhichNoRecordHasAny) {
  CheckedSample checked;
  checked.log("{\"status\": 200}\n{\"status\": 404}\n");
  const std::string metric = CheckedSample::log_source() +
                             "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\nlabels = { status = \"status\" }\n";
  EXPECT_THAT(
      checked.check(metric + "values = { status = [\"2xx\", \"5xx\"] }\n"),
      testing::Contains(testing::AllOf(
          testing::HasSubstr("test.toml:10:21: warning"),
          testing::HasSubstr(
              "no record has one of the `values` of the label 'status'; they have \"200\" in 1, \"404\" in 1"))));
  EXPECT_THAT(checked.check(metric + "values = { status = [\"200\", \"404\", \"500\"] }\n"), testing::IsEmpty());
}

}  // namespace
}  // namespace leeway
