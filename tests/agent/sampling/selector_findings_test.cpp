#include "tests/agent/sampling/checked_sample.h"

namespace leeway {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SelectorFindingsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const int status : {200, 200, 404, 500}) {
      checked_.log("{\"status\": " + std::to_string(status) + ", \"level\": \"" + (status == 500 ? "ERROR" : "INFO") +
                   "\"}\n");
    }
  }

  std::vector<std::string> check(const std::string& label, const std::string& selector,
                                 const std::string& more = "increase_above = { limit = 1, window = \"1h\" }") {
    return checked_.check(CheckedSample::log_source() +
                          "[[metric]]\nname = \"requests_total\"\ntype = \"counter\"\nlabels = { " + label +
                          " }\n[[alert]]\nname = \"Many\"\nmetric = '" + selector + "'\n" + more + "\n");
  }

  CheckedSample checked_;
};

TEST_F(SelectorFindingsTest, AreNoneWhereASeriesIsSelected) {
  EXPECT_THAT(check("status = \"status\"", "requests_total{status=\"500\"}"), IsEmpty());
  EXPECT_THAT(check("status = \"status\"", "requests_total{status=~\"5..\"}"), IsEmpty());
  EXPECT_THAT(check("status = \"status\"", "requests_total{status!=\"200\"}"), IsEmpty());
  EXPECT_THAT(check("status = \"status\"", "requests_total{job=\"x\"}"), IsEmpty());
}

TEST_F(SelectorFindingsTest, NoteAValueThatNoRecordHas) {
  EXPECT_THAT(check("status = \"status\"", "requests_total{status=\"503\"}"),
              ElementsAre("test.toml:12:10: note: [[alert]] 'Many': no series of the sample has status=\"503\": "
                          "`status` of requests_total is \"200\", \"404\", \"500\""));
  EXPECT_THAT(check("status = \"status\"", "requests_total{status=~\"4[1-9].|503\"}"),
              ElementsAre(AllOf(HasSubstr("note"), HasSubstr("has status=~\"4[1-9].|503\""))));
}

TEST_F(SelectorFindingsTest, LookAtEachSelectorOfAnAlert) {
  EXPECT_THAT(check("status = \"status\"", "requests_total{status=\"503\"}",
                    "ratio_above = { of = 'requests_total{status=~\"6..\"}', limit = 0.1 }"),
              Contains(HasSubstr("has status=~\"6..\"")));
  EXPECT_THAT(checked_.check(CheckedSample::log_source() +
                             "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\nlabels = { status = \"status\" }\n"
                             "[[alert]]\nname = \"Many\"\npromql = 'rate(x_total{status=\"503\"}[5m]) > 1'\n"),
              Contains(AllOf(HasSubstr("[[alert]] 'Many'"), HasSubstr("has status=\"503\""))));
}

TEST_F(SelectorFindingsTest, WarnOfAValueThatItsFunctionNeverGives) {
  EXPECT_THAT(
      check("status = \"status_class(status)\"", "requests_total{status=\"503\"}"),
      ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("`status_class(status)` gives only \"1xx\", \"2xx\""))));
  EXPECT_THAT(check("status = \"status_class(status)\"", "requests_total{status=\"3xx\"}"),
              ElementsAre(HasSubstr("note")));
  EXPECT_THAT(check("result = \"status < 500 ? 'ok' : 'bad'\"", "requests_total{result=\"failed\"}"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("gives only \"bad\", \"ok\""))));
}

TEST_F(SelectorFindingsTest, WarnOfATextForANumberAndOfAnotherCase) {
  EXPECT_THAT(check("status = \"status\"", "requests_total{status=\"5xx\"}"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("it is a number"))));
  EXPECT_THAT(check("level = \"level\"", "requests_total{level=\"error\"}"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("expected \"ERROR\""))));
}

}  // namespace
}  // namespace leeway
