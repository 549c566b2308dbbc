#include "tests/agent/sampling/checked_sample.h"

namespace leeway {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class TextFindingsTest : public testing::Test {
 protected:
  std::vector<std::string> check_table(const std::string& keys) {
    return checked_.check("[[source]]\nname = \"t\"\ntype = \"file\"\npath = \"/data/t.csv\"\n" + keys +
                          CheckedSample::kMetric);
  }
  std::vector<std::string> check_text(const std::string& keys) {
    return checked_.check(
        "[[source]]\nname = \"app\"\ntype = \"log\"\npath = \"/log/app.log\"\nformat = \"template\"\n"
        "pattern = \"[{pid:int}] {level:word}:  {message}\"\n" +
        keys + CheckedSample::kMetric);
  }

  CheckedSample checked_;
};

TEST_F(TextFindingsTest, TellCellsThatAreDividedBySomethingElse) {
  checked_.files.write("/data/t.csv", "a;ms;c\r\n1;2;3\n");
  EXPECT_THAT(
      check_table("format = \"csv\"\n"),
      Contains(AllOf(HasSubstr("test.toml:5:10: warning: [[source]] 't': the first line of '/data/t.csv' is one "
                               "column, `a;ms;c`; expected delimiter = \";\""))));
  EXPECT_THAT(check_table(""), Contains(HasSubstr("expected delimiter = \";\"")));
  EXPECT_THAT(check_table("delimiter = \";\"\n"), Not(Contains(HasSubstr("is one column"))));
  checked_.files.write("/data/t.csv", "a\tms\n1\t2\n");
  EXPECT_THAT(check_table("delimiter = \";\"\n"), Contains(HasSubstr("expected format = \"tsv\"")));
  checked_.files.write("/data/t.csv", "ms\n1\n");
  EXPECT_THAT(check_table(""), Not(Contains(HasSubstr("is one column"))));
}

TEST_F(TextFindingsTest, TellLinesThatBelongToTheOneBefore) {
  checked_.log(
      "[9] LOG:  duration: 120 ms\n[9] ERROR:  relation \"x\" does not exist\n[9] STATEMENT:  select * from x\n"
      "[9] ERROR:  duplicate key\n[9] DETAIL:  Key (a)=(1)\n");
  const std::vector<std::string> findings = check_text("");
  EXPECT_THAT(findings, Contains(AllOf(HasSubstr("test.toml:5:10: warning"),
                                       HasSubstr("2 of 5 lines only add to the one before (DETAIL, STATEMENT)"))));
  const std::string rule = "multiline = { continue = '\\b(DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION):  ' }";
  EXPECT_THAT(findings, Contains(HasSubstr("expected " + rule)));
  EXPECT_THAT(check_text(rule + "\n"), IsEmpty()) << "what it proposes is right";
  EXPECT_EQ(3U, checked_.records.front());
  EXPECT_THAT(check_text("ignore = ['(DETAIL|STATEMENT):  ']\n"), IsEmpty());
}

}  // namespace
}  // namespace leeway
