#include "tests/agent/sampling/checked_sample.h"

namespace leeway {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string source_of(const std::string& path, const std::string& type = "log", const std::string& format = "json") {
  return "[[source]]\nname = \"app\"\ntype = \"" + type + "\"\npath = " + path + "\nformat = \"" + format + "\"\n" +
         CheckedSample::kMetric;
}

class PathFindingsTest : public testing::Test {
 protected:
  std::vector<std::string> check(const std::string& path) { return checked_.check(source_of(path)); }

  CheckedSample checked_;
};

TEST_F(PathFindingsTest, TellATilde) {
  EXPECT_THAT(check("\"~/app.log\""),
              ElementsAre("test.toml:4:8: warning: [[source]] 'app': no file matches '~/app.log': '~' is not expanded; "
                          "expected the whole path, or \"${HOME}/app.log\""));
}

TEST_F(PathFindingsTest, TellBraces) {
  checked_.files.append("/log/a.log", "{}\n");
  EXPECT_THAT(check("\"/log/{a,b}.log\""), ElementsAre(HasSubstr("expected a list, path = [\"a.log\", \"b.log\"]")));
  // Also in one pattern of several.
  EXPECT_THAT(check("[\"/log/a.log\", \"/log/{b,c}.log\"]"), ElementsAre(HasSubstr("test.toml:4:23: warning")));
}

TEST_F(PathFindingsTest, TellCompressedFiles) {
  checked_.files.append("/log/app.log.1.gz", "x");
  EXPECT_THAT(check("\"/log/app.log.1.gz\""), ElementsAre(HasSubstr("compressed files are never read")));
  EXPECT_THAT(check("\"/log/*\""),
              ElementsAre(HasSubstr("it would match 'app.log.1.gz', but compressed files are never read")));
}

TEST_F(PathFindingsTest, TellADirectory) {
  checked_.files.append("/log/app.log", "{}\n");
  EXPECT_THAT(check("\"/log\""), ElementsAre(HasSubstr("it is a directory; expected a pattern of files, such as "
                                                       "\"/log/*.log\"")));
}

TEST_F(PathFindingsTest, TellTheDirectoryThatIsMissing) {
  checked_.files.append("/log/app.log", "{}\n");
  EXPECT_THAT(check("\"/log/shop/today/*.log\""), ElementsAre(HasSubstr("there is no directory '/log/shop'")));
}

TEST_F(PathFindingsTest, TellAPatternThatMatchesNothing) {
  checked_.files.append("/log/app.txt", "{}\n");
  EXPECT_THAT(check("\"/log/*.log\""),
              ElementsAre("test.toml:4:8: warning: [[source]] 'app': no file matches '/log/*.log'"));
  ASSERT_TRUE(checked_.files.make_directory("/empty"));
  EXPECT_THAT(check("\"/empty/**\""), ElementsAre(HasSubstr("no file matches '/empty/**'")));
}

TEST_F(PathFindingsTest, NameAFileOfSimilarName) {
  checked_.files.append("/log/order.json.log", "{}\n");
  EXPECT_THAT(check("\"/log/orders.json.log\""),
              ElementsAre("test.toml:4:8: warning: [[source]] 'app': no file matches '/log/orders.json.log': did you "
                          "mean 'order.json.log'?"));
  EXPECT_THAT(check("\"/log/orders-*.log\""), ElementsAre(HasSubstr("no file matches '/log/orders-*.log'")));
}

TEST_F(PathFindingsTest, AllowAPatternOfSeveralToMatchNothing) {
  checked_.files.append("/log/app.log", "{}\n");
  EXPECT_THAT(check("[\"/log/app.log\", \"/log/app-*.log\"]"), IsEmpty());
}

TEST_F(PathFindingsTest, TellAFileThatCannotBeOpened) {
  checked_.files.append("/log/app.log", "{}\n");
  checked_.files.set_readable("/log/app.log", false);
  EXPECT_THAT(check("\"/log/app.log\""),
              ElementsAre(AllOf(HasSubstr("'/log/app.log' is not read: "), HasSubstr("ermission denied"))));
}

TEST_F(PathFindingsTest, TellALogThatIsReadAsAWhole) {
  checked_.files.append("/log/app.log", "{\"a\": 1}\n{\"a\": 2}\n");
  EXPECT_THAT(checked_.check(source_of("\"/log/app.log\"", "file", "jsonl")),
              ElementsAre(AllOf(HasSubstr("test.toml:3:8: warning"), HasSubstr("has the name of a log"),
                                HasSubstr("expected type = \"log\""))));
}

TEST_F(PathFindingsTest, TellAFileThatIsAppendedToMeanwhile) {
  checked_.files.append("/data/events.jsonl", "{\"a\": 1}\n");
  bool once = false;
  checked_.files.set_after_read([&] {
    if (!std::exchange(once, true)) {
      checked_.files.append("/data/events.jsonl", "{\"a\": 2}\n");
    }
  });
  EXPECT_THAT(checked_.check(source_of("\"/data/events.jsonl\"", "file", "jsonl")),
              testing::Contains(HasSubstr("'/data/events.jsonl' is being appended to")));
  checked_.files.set_after_read(nullptr);
}

TEST_F(PathFindingsTest, TellAFileThatSeemsToGrow) {
  const auto seconds = [](int ago) { return std::to_string(1'800'000'000 - ago); };
  checked_.files.set_time(TimePoint(std::chrono::seconds(1'800'000'000 - 30)));
  checked_.files.write("/data/events.jsonl", "{\"ts\": " + seconds(3600) + "}\n{\"ts\": " + seconds(40) + "}\n");
  const std::string source = source_of("\"/data/events.jsonl\"", "file", "jsonl");
  const std::string timed = source.substr(0, source.find("[[metric]]")) + "time = \"ts\"\n" + CheckedSample::kMetric;
  const auto as_new = [](const std::string& weight) {
    return ElementsAre(AllOf(HasSubstr("test.toml:3:8: " + weight), HasSubstr("is as new as the file")));
  };
  EXPECT_THAT(checked_.check(timed), as_new("warning"));
  EXPECT_THAT(checked_.check(source), as_new("warning")) << "also where the times are only in the text";
  checked_.files.set_time(TimePoint(std::chrono::seconds(1'800'000'000 - 300)));
  checked_.files.write("/data/events.jsonl", "{\"ts\": " + seconds(3600) + "}\n{\"ts\": " + seconds(310) + "}\n");
  EXPECT_THAT(checked_.check(timed), as_new("note")) << "as an export of that time is";
  checked_.files.write("/data/events.jsonl",
                       "{\"at\": \"2027-01-15T06:00:00Z\"}\n{\"at\": \"2027-01-15T07:54:50Z\"}\n");
  EXPECT_THAT(checked_.check(source), as_new("note"));
  checked_.files.write("/data/events.jsonl", "{\"ts\": " + seconds(9600) + "}\n{\"ts\": " + seconds(7200) + "}\n");
  EXPECT_THAT(checked_.check(timed), IsEmpty()) << "as an export of older records is";
}

TEST(PathFindings, NameThePatternThatLeavesOutAllFiles) {
  CheckedSample checked;
  checked.log("{\"msg\": \"a\"}\n");
  EXPECT_THAT(checked.check(CheckedSample::log_source("exclude = [\"*.log\"]\n") + CheckedSample::kMetric),
              Contains(HasSubstr("no file matches '/log/app.log': `exclude` leaves out '/log/app.log', by \"*.log\"")));
}

TEST(PathFindings, NoteALogThatTwoSourcesRead) {
  CheckedSample checked;
  checked.log("{\"msg\": \"a\"}\n");
  const std::string second = "[[source]]\nname = \"b\"\ntype = \"log\"\npath = \"/log/*.log\"\nformat = \"json\"\n";
  const std::string metrics =
      "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\nsource = \"app\"\n"
      "[[metric]]\nname = \"y_total\"\ntype = \"counter\"\nsource = \"b\"\n";
  EXPECT_THAT(
      checked.check(CheckedSample::log_source() + second + metrics),
      ElementsAre("test.toml:9:8: note: [[source]] 'b': it reads '/log/app.log', as the source 'app' does: each "
                  "line is a record of both"));
}

}  // namespace
}  // namespace leeway
