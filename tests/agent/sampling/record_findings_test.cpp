#include "tests/agent/sampling/checked_sample.h"

namespace leeway {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RecordFindingsTest : public testing::Test {
 protected:
  std::vector<std::string> check(const std::string& keys) {
    return checked_.check(CheckedSample::log_source(keys) + CheckedSample::kMetric);
  }

  CheckedSample checked_;
};

TEST_F(RecordFindingsTest, TellRejectsWithAnExample) {
  checked_.log("{\"a\": 1}\nnot a record\nnor this\nnor that\n");
  EXPECT_THAT(check(""), ElementsAre("test.toml:5:10: warning: [[source]] 'app': 3 of 4 lines are no record "
                                     "(not_an_object), such as: nor that"));
}

TEST_F(RecordFindingsTest, NameWhatFindsTheFormat) {
  checked_.log("2026-11-30 INFO a\n2026-11-30 INFO b\n2026-11-30 INFO c\n");
  EXPECT_THAT(check(""), ElementsAre(AllOf(HasSubstr("3 of 3 lines are no record"),
                                           HasSubstr("such as: 2026-11-30 INFO c; `leeway init /log/app.log` finds "
                                                     "the format"))));
}

TEST_F(RecordFindingsTest, NameWhatJoinsTraces) {
  for (const char* const line :
       {"\tat com.example.Shop.pay(Shop.java:5)", "Caused by: java.io.IOException", "  in f"}) {
    checked_.files.write("/log/app.log", "{\"a\": 1}\n" + std::string(line) + "\n");
    EXPECT_THAT(check(""), ElementsAre(HasSubstr("; it goes on with the line before: expected multiline = \"traces\"")))
        << line;
    EXPECT_THAT(check("multiline = \"traces\"\n"), IsEmpty()) << line;
  }
}

TEST_F(RecordFindingsTest, HideWhatTheSourceHides) {
  checked_.log("mail of ann@example.org\n");
  EXPECT_THAT(check("redact = [\"email\"]\n"), ElementsAre(HasSubstr("such as: mail of <email>")));
}

TEST_F(RecordFindingsTest, AreOnlyNotesOnFewRejects) {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += "{\"a\": 1}\n";
  }
  checked_.log(text + "x\n");
  EXPECT_THAT(check(""), ElementsAre(HasSubstr("note: [[source]] 'app': 1 of 201 lines")));
  checked_.files.write("/log/app.log", "{\"a\": 1}\nx\ny\n");
  EXPECT_THAT(check(""), ElementsAre(HasSubstr("note: [[source]] 'app': 2 of 3 lines")));
}

TEST_F(RecordFindingsTest, DoNotMindWhatIsIgnored) {
  checked_.log("{\"a\": 1}\n# comment\n");
  EXPECT_THAT(check("ignore = ['^#']\n"), IsEmpty());
  EXPECT_THAT(checked_.records, ElementsAre(1));
}

TEST_F(RecordFindingsTest, JoinLinesAsTheSourceDoes) {
  checked_.log("{\"a\": 1}\nTraceback (most recent call last):\n  File \"a.py\", line 5, in f\nValueError: x\n");
  EXPECT_THAT(check("multiline = { start = '^\\{' }\n"), IsEmpty());
  EXPECT_THAT(checked_.records, ElementsAre(1));
}

TEST_F(RecordFindingsTest, TellTimesThatCannotBeRead) {
  checked_.log("{\"ts\": \"2026-11-30T10:00:00Z\"}\n");
  for (int i = 0; i < 3; ++i) {
    checked_.log("{\"ts\": \"30th of November\"}\n");
  }
  EXPECT_THAT(check("time = \"ts\"\n"),
              ElementsAre("test.toml:6:8: warning: [[source]] 'app': 3 of 4 records have no time: `ts` cannot be read, "
                          "such as \"30th of November\""));
}

TEST_F(RecordFindingsTest, TellTheFieldThatHasTheTime) {
  checked_.log("{\"time\": \"2026-11-30T10:00:00Z\"}\n{\"time\": \"2026-11-30T10:00:01Z\"}\n");
  EXPECT_THAT(check("time = \"timestamp\"\n"),
              ElementsAre(AllOf(HasSubstr("warning: [[source]] 'app': 2 of 2 records have no time: they have no "
                                          "`timestamp`"),
                                HasSubstr("they have a field `time`"))));
  EXPECT_THAT(check(""), ElementsAre(AllOf(HasSubstr("note"), HasSubstr("which time = \"time\" would take"))));
}

TEST_F(RecordFindingsTest, TellTimesInTheWrongUnit) {
  checked_.log("{\"ts\": 1795840719}\n");
  EXPECT_THAT(check("time = \"ts\"\ntime_format = \"unix_ms\"\n"),
              ElementsAre(HasSubstr("there is a record of 1970-01-21T18:50:40.719Z; expected `time_format`")));
}

TEST_F(RecordFindingsTest, TellTimesInTheFuture) {
  checked_.log("{\"ts\": 1800090000}\n");
  EXPECT_THAT(check("time = \"ts\"\n"), ElementsAre(HasSubstr("1 of 1 records are in the future")));
}

TEST_F(RecordFindingsTest, TellTimesOfAnotherZone) {
  // Now and of the file: 2027-01-15T08:00:00Z.
  checked_.files.set_time(TimePoint(std::chrono::seconds(1'800'000'000)));
  const auto check_hour = [&](const std::string& hour, const std::string& zone, const std::string& keys = "") {
    checked_.files.write("/log/app.log", "{\"ts\": \"2027-01-15 " + hour + ":50:00" + zone +
                                             "\"}\n{\"ts\": \"2027-01-15 " + hour + ":59:58" + zone + "\"}\n");
    return check("time = \"ts\"\n" + keys);
  };
  const std::string expected =
      "[[source]] 'app': the last record, of 2027-01-15T09:59:58Z, is 2h ahead of the last change of its file; "
      "expected another `time_zone` than \"UTC\"";
  EXPECT_THAT(check_hour("09", ""), ElementsAre("test.toml:6:8: warning: " + expected));
  EXPECT_THAT(check_hour("09", "", "time_zone = \"UTC\"\n"), ElementsAre("test.toml:7:13: warning: " + expected));
  EXPECT_THAT(check_hour("05", ""),
              ElementsAre(AllOf(HasSubstr("note"), HasSubstr("is 2h behind the last change of its file"))));
  EXPECT_THAT(check_hour("07", ""), IsEmpty());
  EXPECT_THAT(check_hour("09", "", "time_zone = \"Europe/Helsinki\"\n"), IsEmpty());
  EXPECT_THAT(check_hour("05", "Z"), IsEmpty());
  EXPECT_THAT(check_hour("09", "Z"), ElementsAre(HasSubstr("expected `time_format`"))) << "it says its zone";
  checked_.files.write("/log/app.log", "{\"ts\": \"0001-01-01 00:00:00\"}\n{\"ts\": \"9999-01-01 00:00:00\"}\n");
  EXPECT_THAT(check("time = \"ts\"\n"), ElementsAre(HasSubstr("2 of 2 records have no time")));
}

// Also where the format knows where its time is.
TEST_F(RecordFindingsTest, TellTimesOfAnotherZoneInFormatsWithATime) {
  checked_.files.set_time(TimePoint(std::chrono::seconds(1'800'000'000)));
  const auto check_line = [&](const std::string& format, const std::string& line) {
    checked_.files.write("/log/app.log", line + "\n" + line + "\n");
    return checked_.check("[[source]]\nname = \"app\"\ntype = \"log\"\npath = \"/log/app.log\"\nformat = \"" + format +
                          "\"\n" + CheckedSample::kMetric);
  };
  const std::string ahead = "is 2h ahead of the last change of its file; expected another `time_zone`";
  for (const auto& [format, line] : {std::pair("syslog", "Jan 15 09:59:58 host app[1]: x"),
                                     std::pair("klog", "I0115 09:59:58.000000    12 a.go:1] x"),
                                     std::pair("django", "[15/Jan/2027 09:59:58] \"GET / HTTP/1.1\" 200 5")}) {
    EXPECT_THAT(check_line(format, line), ElementsAre(AllOf(HasSubstr("test.toml:5:10: warning"), HasSubstr(ahead))))
        << format;
  }
  EXPECT_THAT(check_line("access", "127.0.0.1 - - [15/Jan/2027:09:59:58 +0000] \"GET / HTTP/1.1\" 200 5"),
              ElementsAre(AllOf(HasSubstr("test.toml:5:10: warning"), HasSubstr("2 of 2 records are in the future"),
                                HasSubstr("the clock of what wrote them is wrong, or the zone that they name"))));
}

TEST_F(RecordFindingsTest, TellAWrongTimeFormatWhereItIs) {
  checked_.log("{\"ts\": \"15.01.2027 07:00\"}\n{\"ts\": \"15.01.2027 07:01\"}\n");
  EXPECT_THAT(check("time = \"ts\"\ntime_format = \"%Y-%m-%d\"\n"),
              ElementsAre(HasSubstr("test.toml:7:15: warning: [[source]] 'app': 2 of 2 records have no time")));
  checked_.files.write("/log/app.log", "{\"ts\": 1800000}\n{\"ts\": 1800001}\n");
  EXPECT_THAT(check("time = \"ts\"\ntime_format = \"unix\"\n"), ElementsAre(HasSubstr("test.toml:7:15: warning")));
}

TEST_F(RecordFindingsTest, TellAFileOfWhichNothingBecameARecord) {
  checked_.log("# a\n# b\n");
  EXPECT_THAT(check("ignore = ['^#']\n"), ElementsAre(HasSubstr("all were left out by `ignore`")));
}

TEST(RecordFindings, WarnOfATimeThatDoesNotAscendAndNameOneThatDoes) {
  CheckedSample checked;
  for (int i = 0; i < 40; ++i) {
    const auto hour = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    checked.log("{\"created_at\": \"2026-11-" + hour(i == 0 ? 29 : 1 + i % 20) +
                "T10:00:00Z\", \"logged\": \"2026-11-30T10:" + hour(i) + ":00Z\"}\n");
  }
  EXPECT_THAT(
      checked.check(CheckedSample::log_source("time = \"created_at\"\n") + CheckedSample::kMetric),
      Contains(AllOf(HasSubstr("test.toml:6:8: warning: [[source]] 'app': 39 of 40 records are further behind the "
                               "latest one than `allowed_lateness`, 1h"),
                     HasSubstr("`created_at` does not ascend, but `logged` does"))));
  EXPECT_THAT(checked.check(CheckedSample::log_source("time = \"logged\"\n") + CheckedSample::kMetric),
              Not(Contains(HasSubstr("allowed_lateness"))));
}

TEST(RecordFindings, NameMultilineWhoseStartIsNeverFound) {
  CheckedSample checked;
  for (int i = 0; i < 1500; ++i) {
    checked.log("INFO line\n");
  }
  const std::string source =
      "[[source]]\nname = \"app\"\ntype = \"log\"\npath = \"/log/app.log\"\nformat = \"regex\"\npattern = "
      "'^(?P<l>\\w+)'\n";
  EXPECT_THAT(checked.check(source + "multiline = { start = '^never' }\n" + CheckedSample::kMetric),
              ElementsAre(AllOf(HasSubstr("test.toml:7:23: warning"),
                                HasSubstr("no record (late_continuation): `multiline` takes"))));
}

TEST(RecordFindings, TellKeysThatChangeNothing) {
  CheckedSample checked;
  checked.log("{\"msg\": \"a\"}\n{\"msg\": \"b\"}\n");
  EXPECT_THAT(checked.check(CheckedSample::log_source("unwrap = \"log\"\n") + CheckedSample::kMetric),
              ElementsAre(AllOf(HasSubstr("test.toml:6:10: warning"),
                                HasSubstr("`unwrap` names `log`, which is in none of 2"))));
  EXPECT_THAT(
      checked.check(CheckedSample::log_source("ignore = ['^#']\n") + CheckedSample::kMetric),
      ElementsAre(AllOf(HasSubstr("test.toml:6:10: note"), HasSubstr("`ignore` leaves out none of 2 records"))));
  EXPECT_THAT(checked.check(CheckedSample::log_source("ignore = ['\"b\"']\n") + CheckedSample::kMetric), IsEmpty());
}

TEST(RecordFindings, NoteASourceThatNothingReads) {
  CheckedSample checked;
  checked.log("{\"msg\": \"a\"}\n");
  EXPECT_THAT(checked.check(CheckedSample::log_source()),
              ElementsAre(AllOf(HasSubstr("test.toml:1:1: note"),
                                HasSubstr("[[source]] 'app': nothing reads it; expected a [[metric]]"))));
}

}  // namespace
}  // namespace leeway
