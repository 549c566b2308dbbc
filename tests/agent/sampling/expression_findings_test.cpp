#include "tests/agent/sampling/checked_sample.h"

namespace leeway {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ExpressionFindingsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 60; ++i) {
      const bool bad = i % 10 == 0;
      checked_.log("{\"log.level\": \"" + std::string(bad ? "ERROR" : "INFO") +
                   "\", \"status\": " + (bad ? "500" : "200") + ", \"http\": {\"method\": \"GET\"}, \"ok\": true" +
                   ", \"code\": \"" + (bad ? "500" : "200") + "\", \"ms\": " + std::to_string(i) + ".5}\n");
    }
  }

  std::vector<std::string> check(const std::string& keys) {
    return checked_.check(CheckedSample::log_source() + "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\n" + keys);
  }

  CheckedSample checked_;
};

TEST_F(ExpressionFindingsTest, AreNoneWhereAllIsWell) {
  EXPECT_THAT(check("when = 'status >= 500'\nlabels = { method = \"http.method\" }\n"), IsEmpty());
}

TEST_F(ExpressionFindingsTest, NameTheFlatKeyOfADottedPath) {
  EXPECT_THAT(check("when = 'log.level == \"ERROR\"'\n"),
              ElementsAre("test.toml:9:8: warning: [[metric]] 'x_total': `when` reads `log.level`, which is in 0 of 60 "
                          "records; `[\"log.level\"]` is in 60"));
}

TEST_F(ExpressionFindingsTest, NameTheFlatKeyOfATestedPathToo) {
  EXPECT_THAT(check("when = 'has(log.level)'\n"), ElementsAre(HasSubstr("`[\"log.level\"]` is in 60")));
}

TEST_F(ExpressionFindingsTest, NameTheNearestField) {
  EXPECT_THAT(check("when = 'statsu == 500'\n"),
              ElementsAre(HasSubstr("reads `statsu`, which is in 0 of 60 records; `status` is in 60")));
  EXPECT_THAT(check("value = \"method == 'GET' ? 1 : 0\"\n"), ElementsAre(HasSubstr("`http.method` is in 60")));
}

TEST_F(ExpressionFindingsTest, TellAFieldThatNoRecordHas) {
  EXPECT_THAT(check("when = 'tenant == \"a\"'\n"),
              ElementsAre("test.toml:9:8: warning: [[metric]] 'x_total': `when` reads `tenant`, which is in 0 of 60 "
                          "records; they have `code`, `http`, `http.method`, `[\"log.level\"]`, `ms`, `ok`, `status`"));
}

TEST_F(ExpressionFindingsTest, DoNotMindAFieldThatIsOnlyTested) {
  EXPECT_THAT(check("when = 'status == 200 && !has(tenant)'\n"), IsEmpty());
}

TEST_F(ExpressionFindingsTest, DoNotMindAFieldThatWasNeverNeeded) {
  EXPECT_THAT(check("when = 'status == 200 || (status == 418 && tenant == \"a\")'\n"), IsEmpty());
}

TEST_F(ExpressionFindingsTest, TellALabelThatIsATextAsAField) {
  const std::string expected =
      "[[metric]] 'x_total': `labels.env` reads a field `prod`, which no record has; a constant text is written "
      "\"'prod'\"";
  EXPECT_THAT(check("labels = { env = \"prod\" }\n"), ElementsAre("test.toml:9:18: warning: " + expected));
  // Also where no record got that far: perhaps others have it.
  EXPECT_THAT(check("when = 'status == 404'\nlabels = { env = \"prod\" }\n"), Contains(HasSubstr("note: " + expected)));
}

TEST_F(ExpressionFindingsTest, TellAComparisonWithText) {
  EXPECT_THAT(
      check("when = 'status == \"500\"'\n"),
      ElementsAre("test.toml:9:8: warning: [[metric]] 'x_total': `when`: `status` is a whole number in 60 of 60 "
                  "records, compared with text \"500\": never true; expected `status == 500`"));
  EXPECT_THAT(check("when = 'status != \"500\"'\n"), ElementsAre(HasSubstr("always true; expected `status != 500`")));
  EXPECT_THAT(check("when = 'status < \"500\"'\n"), ElementsAre(HasSubstr("never decided; expected `status < 500`")));
  EXPECT_THAT(check("when = 'status in [\"500\", \"503\"]'\n"), ElementsAre(HasSubstr("never true")));
  EXPECT_THAT(check("when = 'code >= 500'\n"), ElementsAre(HasSubstr("expected `double(code) >= 500`")));
  EXPECT_THAT(check("when = 'ok == \"true\"'\n"), ElementsAre(HasSubstr("expected `ok == true`")));
}

TEST_F(ExpressionFindingsTest, DoNotMindAFieldComparedWithBothTypes) {
  EXPECT_THAT(check("when = 'status == 500 || status == \"500\"'\n"), IsEmpty());
}

TEST_F(ExpressionFindingsTest, TellAComparisonOfAnSlo) {
  EXPECT_THAT(checked_.check(CheckedSample::log_source() +
                             "[[slo]]\nname = \"s\"\ngood = 'status != \"500\"'\nobjective = 0.9\n"),
              Contains(HasSubstr("[[slo]] 's': `good`: `status` is a whole number")));
}

TEST_F(ExpressionFindingsTest, TellASelectionThatTookNothing) {
  EXPECT_THAT(check("when = 'status == 418'\n"),
              ElementsAre("test.toml:9:8: note: [[metric]] 'x_total': `when` is true for none of 60 records"));
}

TEST_F(ExpressionFindingsTest, TellATextOfOtherCase) {
  EXPECT_THAT(check("when = '[\"log.level\"] == \"error\"'\n"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("is never \"error\", but \"ERROR\" in 6 records"))));
  EXPECT_THAT(check("when = '[\"log.level\"] == \"ERRORS\"'\n"),
              ElementsAre(AllOf(HasSubstr("note"), HasSubstr("but \"ERROR\" in 6 records"))));
}

TEST_F(ExpressionFindingsTest, TellValuesOfTheWrongType) {
  EXPECT_THAT(check("value = \"http\"\n"),
              ElementsAre("test.toml:9:9: warning: [[metric]] 'x_total': `value` of 60 of 60 records cannot be used "
                          "(wrong_type 60); such as http = {...}"));
  EXPECT_THAT(
      check("value = \"ms - 3\"\n"),
      ElementsAre(AllOf(HasSubstr("note"), HasSubstr("`value` of 3 of 60 records cannot be used (negative 3)"))));
}

TEST_F(ExpressionFindingsTest, AskOfAValueOnlyTheRecordsThatAreSelected) {
  checked_.log("{\"status\": 302, \"size\": 5}\n");
  EXPECT_THAT(check("when = 'has(size)'\nvalue = \"size\"\n"), IsEmpty());
}

// A state reads its key only where something starts or ends, and the verdict at an end.
TEST_F(ExpressionFindingsTest, AskAStateOnlyOfWhatStartsOrEnds) {
  CheckedSample runs;
  for (int i = 0; i < 30; ++i) {
    runs.log(i == 3   ? "{\"event\": \"start\", \"run\": 7}\n"
             : i == 9 ? "{\"event\": \"end\", \"run\": 7, \"ok\": true}\n"
                      : "{\"event\": \"step\"}\n");
  }
  const std::string state =
      "[[state]]\nname = \"run\"\nstart = \"event == 'start'\"\nend = \"event == 'end'\"\nkey = \"run\"\n";
  EXPECT_THAT(runs.check(CheckedSample::log_source() + state + "good = \"ok\"\n"), IsEmpty());
  EXPECT_THAT(runs.check(CheckedSample::log_source() + state + "good = \"ok == 1\"\n"), Contains(HasSubstr("`good`")));
  EXPECT_THAT(runs.check(CheckedSample::log_source() + state + "labels = { who = \"user\" }\n"),
              Contains(HasSubstr("a field `user`, which no record has")));
}

TEST_F(ExpressionFindingsTest, NameTheFieldOfTheEnvelopeOfDocker) {
  CheckedSample docker;
  for (int i = 0; i < 30; ++i) {
    docker.log(
        "{\"log\":\"{\\\"status\\\":200}\\n\",\"stream\":\"stdout\",\"attrs\":{\"tag\":\"web\"},"
        "\"time\":\"2026-11-28T04:25:02.97Z\"}\n");
  }
  const std::string source = CheckedSample::log_source("container = \"docker\"\n");
  EXPECT_THAT(docker.check(source + CheckedSample::kMetric + "labels = { app = \"attrs.tag\" }\n"),
              ElementsAre(HasSubstr("`attrs.tag`, which is in 0 of 30 records; `container.attrs.tag` is in 30")));
  EXPECT_THAT(docker.check(source + CheckedSample::kMetric + "labels = { app = \"container.attrs.tag\" }\n"),
              IsEmpty());
}

TEST_F(ExpressionFindingsTest, NameTheSegmentThatIsAbsent) {
  EXPECT_THAT(
      checked_.check(CheckedSample::log_source() + "[[change]]\nname = \"c\"\nvalue = \"ms\"\nsegment = \"tenant\"\n"),
      Contains(HasSubstr("[[change]] 'c': `segment` reads `tenant`, which is in 0 of 60 records")));
}

TEST_F(ExpressionFindingsTest, NameTheSourceWhereThereAreSeveral) {
  checked_.files.append("/log/b.log", "{\"level\": \"a\"}\n");
  EXPECT_THAT(checked_.check(CheckedSample::log_source() +
                             "[[source]]\nname = \"b\"\ntype = \"log\"\npath = \"/log/b.log\"\nformat = \"json\"\n"
                             "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\nsource = [\"app\", \"b\"]\n"
                             "when = 'status == 500'\n"),
              ElementsAre(HasSubstr("`status`, which is in 0 of 1 records; they have `level` (source 'b')")));
}

TEST_F(ExpressionFindingsTest, NameFieldsOfDocuments) {
  checked_.files.append("/data/report.json", "{\n \"rows\": [\n  {\"score\": 1},\n  {\"score\": 2}\n ]\n}\n");
  EXPECT_THAT(checked_.check("[[source]]\nname = \"r\"\ntype = \"file\"\npath = \"/data/report.json\"\n"
                             "records = \"rows.*\"\n[[metric]]\nname = \"x\"\ntype = \"gauge\"\nvalue = \"scoer\"\n"),
              ElementsAre(HasSubstr("`scoer`, which is in 0 of 2 records; `score` is in 2")));
}

TEST_F(ExpressionFindingsTest, NameColumnsOfTables) {
  checked_.files.append("/data/t.csv", "user score,age\n1,2\n3,4\n");
  EXPECT_THAT(checked_.check("[[source]]\nname = \"t\"\ntype = \"file\"\npath = \"/data/t.csv\"\n"
                             "[[metric]]\nname = \"x\"\ntype = \"gauge\"\nvalue = \"user_score\"\n"),
              ElementsAre(HasSubstr("`user_score`, which is in 0 of 2 records; `[\"user score\"]` is in 2")));
}

TEST_F(ExpressionFindingsTest, NameFieldsOfAPattern) {
  checked_.files.append("/log/t.log", "info 12ms\nwarn 3ms\n");
  const std::string source = "[[source]]\nname = \"t\"\ntype = \"log\"\npath = \"/log/t.log\"\n";
  const std::string metric = "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\nwhen = 'lvl == \"info\"'\n";
  for (const char* const format : {"format = \"regex\"\npattern = '^(?P<level>\\w+) (?P<took>\\w+)$'\n",
                                   "format = \"template\"\npattern = \"{level} {took}\"\n",
                                   "format = [{ format = \"template\", pattern = \"{level} {took}\" }]\n"}) {
    EXPECT_THAT(checked_.check(source + format + metric),
                ElementsAre(HasSubstr("`lvl`, which is in 0 of 2 records; `level` is in 2")));
  }
}

TEST_F(ExpressionFindingsTest, AdviseToConvertTexts) {
  EXPECT_THAT(check("value = \"code\"\n"), ElementsAre(HasSubstr("such as code = \"500\"; expected `double(code)`")));
}

TEST_F(ExpressionFindingsTest, AdviseToReadTextsThatAreDurations) {
  checked_.files.write("/log/app.log", "{\"took\": \"1.29ms\"}\n{\"took\": \"2s\"}\n");
  EXPECT_THAT(check("when = \"took > 0.1\"\n"),
              ElementsAre(AllOf(HasSubstr("warning"),
                                HasSubstr("never decided; expected `double(duration(took)) > 0.1`, in seconds"))));
  EXPECT_THAT(check("when = \"double(took) > 0.1\"\n"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("expected `double(duration(took))`, in seconds"))));
  EXPECT_THAT(check("when = \"double(duration(took)) > 0.1\"\n"), IsEmpty());
}

TEST_F(ExpressionFindingsTest, TellATextWithoutItsQuotes) {
  EXPECT_THAT(check("when = '[\"log.level\"] == error'\n"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("reads `error`, which is in 0 of 60 records; expected "
                                                                "`[\"log.level\"] == \"ERROR\"`"))));
  EXPECT_THAT(check("when = 'status == 500 || GET != http.method'\n"),
              ElementsAre(HasSubstr("expected `http.method != \"GET\"`")));
}

TEST_F(ExpressionFindingsTest, TellThatAnObjectiveSkipsAShareOfTheRecords) {
  for (int i = 0; i < 6; ++i) {
    checked_.log("{\"status\": null}\n");
  }
  const std::string source = CheckedSample::log_source();
  EXPECT_THAT(
      checked_.check(source + "[[slo]]\nname = \"s\"\ngood = \"status < 500\"\nobjective = 0.9\n"),
      ElementsAre("test.toml:8:8: warning: [[slo]] 's': `good` has no value for 6 of 66 records (null_field 6), "
                  "which are not judged; such as status = null"));
  EXPECT_THAT(checked_.check(source + "[[slo]]\nname = \"s\"\nwhen = \"has(ms)\"\ngood = \"status < 500\"\nobjective "
                                      "= 0.9\n"),
              IsEmpty());
  // A histogram of what some records have is nothing unusual.
  EXPECT_THAT(
      checked_.check(source + "[[metric]]\nname = \"x\"\ntype = \"histogram\"\nvalue = \"ms\"\nbuckets = [1, 100]\n"),
      IsEmpty());
}

TEST_F(ExpressionFindingsTest, SayThatOnlyTheNewestLogLacksAField) {
  checked_.files.write("/log/old.log", "{\"batch\": \"a\", \"msg\": \"b\"}\n");
  checked_.files.write("/log/app.log", "{\"status\": 200}\n");
  const std::string source = "[[source]]\nname = \"app\"\ntype = \"log\"\npath = \"/log/*.log\"\nformat = \"json\"\n";
  EXPECT_THAT(checked_.check(source + CheckedSample::kMetric + "labels = [\"batch\"]\n"),
              ElementsAre(AllOf(HasSubstr("note"), HasSubstr("`batch`, which is in 0 of 1 records of the newest log, "
                                                             "'/log/app.log', but in '/log/old.log'"))));
  EXPECT_THAT(checked_.check(source + CheckedSample::kMetric + "labels = [\"other\"]\n"),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("`other`, which is in 0 of 1 records"))));
}

TEST_F(ExpressionFindingsTest, TellATextThatIsWrittenOtherwiseInAPartThatIsNeverTrue) {
  EXPECT_THAT(check("when = 'status == 500 || http.method == \"get\"'\n"),
              ElementsAre("test.toml:9:8: warning: [[metric]] 'x_total': `when`: `http.method` is never \"get\", but "
                          "\"GET\" in 60 records"));
  EXPECT_THAT(check("when = 'status == 500 || http.method == \"GE\"'\n"), IsEmpty());
  EXPECT_THAT(check("when = 'http.method in [\"get\", \"GET\"]'\n"), IsEmpty()) << "both are meant";
}

// `good = 'level != "error"'` of records with "ERROR" holds for each of them.
TEST_F(ExpressionFindingsTest, WarnOfATextOfAnotherCaseWhereverItIsCompared) {
  const std::string slo =
      CheckedSample::log_source() + "[[slo]]\nname = \"s\"\nobjective = 0.5\nperiod = \"7d\"\ngood = ";
  const auto warns = AllOf(HasSubstr("warning"), HasSubstr("`[\"log.level\"]` is never \"error\", but \"ERROR\" in 6"));
  for (const char* const good : {"[\"log.level\"] != \"error\"", "!([\"log.level\"] in [\"error\", \"fatal\"])",
                                 "[\"log.level\"] != \"error\" && status < 600"}) {
    EXPECT_THAT(checked_.check(slo + "'" + good + "'\n"), Contains(warns)) << good;
  }
  EXPECT_THAT(checked_.check(slo + "'[\"log.level\"] != \"error\"'\n"),
              Contains(HasSubstr("`good` is true for all 60 records")));
  EXPECT_THAT(check("labels = { failed = '[\"log.level\"] == \"error\" ? \"y\" : \"n\"' }\n"), ElementsAre(warns));
  EXPECT_THAT(check("value = '[\"log.level\"] == \"error\" ? 1 : 0'\n"), ElementsAre(warns));
  EXPECT_THAT(check("when = '[\"log.level\"] != \"ERROR\"'\n"), IsEmpty());
}

TEST_F(ExpressionFindingsTest, NoteANearTextThatMakesItAlwaysTrue) {
  EXPECT_THAT(
      check("when = '[\"log.level\"] != \"EROR\"'\n"),
      ElementsAre(AllOf(HasSubstr("note"), HasSubstr("true for all 60 records; `[\"log.level\"]` is never \"EROR\""))));
}

}  // namespace
}  // namespace leeway
