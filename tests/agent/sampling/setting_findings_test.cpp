#include "tests/agent/sampling/checked_sample.h"

namespace leeway {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class SettingFindingsTest : public testing::Test {
 protected:
  void SetUp() override { checked_.files.write("/data/t.csv", "ms,n\n0.5,1\n-1,0\n3,1\n"); }

  std::vector<std::string> check(const std::string& monitor) {
    return checked_.check("[[source]]\nname = \"t\"\ntype = \"file\"\npath = \"/data/t.csv\"\n" + monitor);
  }

  CheckedSample checked_;
};

TEST_F(SettingFindingsTest, TellAScaleThatDoesNotFit) {
  const std::string change = "[[change]]\nname = \"c\"\n";
  EXPECT_THAT(check(change + "value = \"ms\"\nscale = \"counts\"\n"),
              Contains(AllOf(HasSubstr("test.toml:8:9: warning"), HasSubstr("but 2 of 3 values are others"))));
  EXPECT_THAT(check(change + "value = \"ms\"\nscale = \"flags\"\n"), Contains(HasSubstr("values of 0 and 1")));
  EXPECT_THAT(check(change + "value = \"n\"\nscale = \"flags\"\n"), Not(Contains(HasSubstr("scale"))));
  EXPECT_THAT(check(change + "value = \"n\"\nscale = \"counts\"\n"), Not(Contains(HasSubstr("scale"))));
}

TEST_F(SettingFindingsTest, CountEachOfSeveralFilesAsAVersion) {
  for (const char* const path : {"/data/u1.csv", "/data/u2.csv"}) {
    checked_.files.write(path, "ms\n1\n2\n3\n4\n");
  }
  EXPECT_THAT(checked_.check("[[source]]\nname = \"t\"\ntype = \"file\"\npath = \"/data/u*.csv\"\nreplaces = \"any\"\n"
                             "[[drift]]\nname = \"d\"\ncolumns = [\"ms\"]\nreference = { first_rows = 1000 }\n"),
              Contains(HasSubstr("there are only 8: that takes 250 versions of such a file")));
}

TEST_F(SettingFindingsTest, TellRecordsThatComeTooLate) {
  for (const int minute : {0, 30, 31, 32, 5, 33, 34, 6, 35, 7, 36}) {
    const int second = 1'700'000'000 + minute * 60;
    checked_.log("{\"at\":" + std::to_string(second) + ",\"e\":1}\n");
  }
  const std::string source = CheckedSample::log_source("time = \"at\"\n");
  const std::string window = "[[window]]\nname = \"w\"\naggregate = \"count\"\nover = \"10m\"\n";
  EXPECT_THAT(checked_.check(source + window + "lateness = \"20m\"\n"),
              Contains(AllOf(HasSubstr("test.toml:11:12: warning: [[window]] 'w': 3 of 11 records"),
                             HasSubstr("`lateness`, 20m"), HasSubstr("2023-11-14T22:18:20Z, 27m behind"))));
  EXPECT_THAT(checked_.check(source + window + "lateness = \"1h\"\n"),
              Contains(HasSubstr("come when the window has passed them")));
  const std::string longer = "[[window]]\nname = \"w\"\naggregate = \"count\"\nover = \"1h\"\n";
  EXPECT_THAT(checked_.check(source + longer), Not(Contains(HasSubstr("behind the latest one"))));
  const std::string state = "[[state]]\nname = \"s\"\nstart = \"e == 1\"\nend = \"e == 2\"\n";
  EXPECT_THAT(checked_.check(source + state + "lateness = \"20m\"\n"),
              Contains(AllOf(HasSubstr("warning: [[state]] 's': 3 of 11"), HasSubstr("in which they come"))));
}

TEST_F(SettingFindingsTest, DoNotTakeTheNewestLogForAll) {
  checked_.files.write("/data/app.log", "{\"ms\":1}\n{\"ms\":2}\n");
  EXPECT_THAT(checked_.check("[[source]]\nname = \"t\"\ntype = \"log\"\npath = \"/data/app.log\"\nformat = \"json\"\n"
                             "[[change]]\nname = \"c\"\nvalue = \"ms\"\nreference = { first_rows = 1000 }\n"),
              Contains(HasSubstr("first 1000 rows, but the newest log has only 2: until there are as many")));
}

TEST_F(SettingFindingsTest, TellAReferenceOfMoreRowsThanThereAre) {
  const std::string drift = "[[drift]]\nname = \"d\"\ncolumns = [\"ms\"]\nwindow = { rows = 30 }\n";
  EXPECT_THAT(check(drift + "reference = { first_rows = 1000 }\n"),
              Contains(AllOf(HasSubstr("test.toml:9:28: warning"),
                             HasSubstr("first 1000 rows, but there are only 3: that takes 334 versions of the file"))));
  for (int i = 0; i < 57; ++i) {
    checked_.files.append("/data/t.csv", "1,1\n");
  }
  EXPECT_THAT(check(drift + "reference = { first_rows = 100 }\n"),
              Contains(AllOf(HasSubstr("note"), HasSubstr("that takes 2 versions"))));
}

TEST_F(SettingFindingsTest, CountOnlyTheRowsThatAreCompared) {
  std::string text = "ms,n,zone\n";
  for (int i = 0; i < 100; ++i) {
    text += std::to_string(i) + "," + std::to_string(i % 2) + "," + (i % 10 == 0 ? "a" : "b") + "\n";
  }
  checked_.files.write("/data/t.csv", text);
  const std::string drift = "[[drift]]\nname = \"d\"\ncolumns = [\"ms\"]\nwindow = { rows = 30 }\n";
  const std::string reference = "reference = { first_rows = 100 }\n";
  EXPECT_THAT(check(drift + reference), Not(Contains(HasSubstr("the reference is of"))));
  EXPECT_THAT(check(drift + "when = \"n == 1\"\n" + reference),
              Contains(HasSubstr("first 100 rows, but there are only 50 that `when` takes: that takes 2 versions")));
  EXPECT_THAT(
      check(drift + "segment = \"zone\"\n" + reference),
      Contains(HasSubstr("first 100 rows, but there are only 90 in the largest segment: that takes 2 versions")));
}

TEST_F(SettingFindingsTest, TellAReferenceWithoutTheColumn) {
  std::string text = "a,other\n";
  for (int i = 0; i < 200; ++i) {
    text += "1,2\n";
  }
  checked_.files.write("/data/reference.csv", text);
  Diagnostics diagnostics;
  const ConfigTable config = parse_toml(
      "[[source]]\nname = \"t\"\ntype = \"file\"\npath = \"/data/t.csv\"\n[[drift]]\nname = \"d\"\ncolumns = "
      "[\"ms\"]\nwindow = { rows = 30 }\nreference = { file = \"/data/reference.csv\" }\n",
      "test.toml", diagnostics);
  EXPECT_TRUE(assemble(config, {{}, std::nullopt, checked_.clock.wall()}, checked_.files, diagnostics));
  EXPECT_THAT(diagnostics.to_string(),
              HasSubstr("test.toml:9:22: warning: [[drift]] 'd': no record of the reference has a value of "
                        "'ms', which is therefore compared with nothing"));
}

}  // namespace
}  // namespace leeway
