#include "tests/agent/sampling/checked_sample.h"

namespace leeway {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class JoinFindingsTest : public testing::Test {
 protected:
  std::vector<std::string> check(const std::string& multiline) {
    return checked_.check("[[source]]\nname = \"app\"\ntype = \"log\"\npath = \"/log/app.log\"\nformat = \"regex\"\n" +
                          std::string("pattern = '(?P<message>.+)'\nmultiline = ") + multiline + "\n" +
                          CheckedSample::kMetric);
  }
  void log(const std::string& line, int times) {
    for (int i = 0; i < times; ++i) {
      checked_.log(line + "\n");
    }
  }

  CheckedSample checked_;
};

// A rule that knows only a few lines of a log.
TEST_F(JoinFindingsTest, TellRecordsThatAreTakenForFurtherLines) {
  for (int i = 0; i < 3; ++i) {
    log("INFO:     started", 1);
    log("01:14:19 - proxy:DEBUG: server.py:14 - request", 40);
  }
  EXPECT_THAT(
      check("{ start = '^INFO' }"),
      ElementsAre(AllOf(HasSubstr("test.toml:7:13: warning: [[source]] 'app': 120 lines were added to 3 records, "
                                  "most of them neither indented nor part of a trace"),
                        HasSubstr("expected a `multiline` that knows where records begin"))));
  EXPECT_THAT(check("{ start = '^(INFO|[0-9])' }"), IsEmpty());
}

TEST_F(JoinFindingsTest, TellRecordsOfHundredsOfLines) {
  log("INFO:     started", 1);
  log("  further", 300);
  EXPECT_THAT(check("\"indent\""), ElementsAre(HasSubstr("300 lines were added to 1 record;")));
}

TEST_F(JoinFindingsTest, DoNotMindTraces) {
  for (int i = 0; i < 5; ++i) {
    log("2027-01-15 07:00:00 ERROR failed", 1);
    log("Traceback (most recent call last):", 1);
    log("  File \"a.py\", line 1, in f", 12);
    log("ValueError: x", 1);
  }
  EXPECT_THAT(check("\"traces\""), IsEmpty());
  // Statements of several lines each.
  checked_.files.write("/log/app.log", "");
  for (int i = 0; i < 20; ++i) {
    log("# User@Host: root", 1);
    log("SELECT 1", 6);
  }
  EXPECT_THAT(check("{ start = '^# User' }"), IsEmpty());
}

}  // namespace
}  // namespace leeway
