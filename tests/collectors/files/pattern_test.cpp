// Text files by a pattern, and fields from the paths of files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/core/rfc3339.h"
#include "tests/collectors/files/file_fixture.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kLog = R"(path = '/data/run.log'
format = 'regex'
pattern = '(?P<step>\d+): loss=(?P<loss>\S+)( acc=(?P<acc>[^ ]*))?( by (?P<who>\w*))?'
)";

TEST(Regex, NamedGroupsAreFields) {
  FileWorld world(kLog, {"step", "loss", "acc", "who", "none"});
  world.files.write("/data/run.log", "1: loss=0.5 acc=7\r\n2: loss=nan acc= by 007\n\nEpoch 3: loss=1e3\n");
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("1 0.5 7 - -", "2 'nan' null '007' -", "3 1000. - - -"));
}

TEST(Regex, LinesWithoutAMatchAreCounted) {
  FileWorld world(kLog, {"loss"});
  world.files.write("/data/run.log", "starting\n1: loss=2\n\nTraceback\nloss=3");
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("2"));
  EXPECT_EQ(world.status().rejects.at("no_match"), 3);
}

TEST(Regex, BytesThatAreNotUtf8AreRepaired) {
  FileWorld world(kLog, {"loss", "who"});
  world.files.write("/data/run.log", "caf\xE9 1: loss=2 by ann\n2: loss=3 by \xC3\xA4\n\xFF no loss\n3: loss=b\xFF\n");
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("2 'ann'", "3 null", "'b\xEF\xBF\xBD' -"));
  EXPECT_EQ(world.status().rejects.at("no_match"), 1);
  EXPECT_EQ(world.status().anomalies.at("invalid_utf8"), 2);
}

TEST(Regex, AFileThatGrowsIsNamedOnce) {
  FileWorld world(kLog, {"loss"});
  const auto notes_after = [&](const std::string& content) {
    world.files.write("/data/run.log", content);
    world.look();
    world.look();
    return world.take_notes();
  };
  EXPECT_THAT(notes_after("1: loss=1\n"), IsEmpty());
  EXPECT_THAT(notes_after("1: loss=2\n2: loss=1\n"), IsEmpty());  // another run
  EXPECT_THAT(notes_after("1: loss=2\n2: loss=1\n3: loss=1\n"), ElementsAre(HasSubstr("type = \"log\"")));
  EXPECT_THAT(notes_after("1: loss=2\n2: loss=1\n3: loss=1\n4: loss=1\n"), IsEmpty());
}

TEST(Regex, TimeAndThousands) {
  FileWorld world(R"(path = '/t'
format = 'regex'
pattern = '(?P<at>.+) \| (?P<n>.+)'
time = 'at'
time_zone = 'Europe/Berlin'
thousands = ','
)",
                  {"n"});
  world.files.write("/t", "2026-03-01 12:00:00 | 6,479\nyesterday | 1\n");
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("6479", "1"));
  EXPECT_EQ(world.take_times()[0], parse_rfc3339("2026-03-01T11:00:00Z").value());
  EXPECT_EQ(world.status().anomalies.at("time_invalid"), 1);
}

TEST(Regex, InvalidUtf8IsRepaired) {
  FileWorld world("path = '/t'\nformat = 'regex'\npattern = '(?P<a>\\C+)'", {"a"});
  world.files.write("/t", "x\xff\n");
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("'x\xEF\xBF\xBD'"));
}

std::string error_of(const std::string& keys) {
  Diagnostics diagnostics;
  const ConfigTable table = parse_toml(keys, "test.toml", diagnostics);
  TableReader reader(table, {}, "[[source]]", diagnostics);
  CollectorContext context{reader, std::nullopt, builtin_formats()};
  const std::unique_ptr<SourceDefinition> definition = build_file_source(context);
  reader.report_unused_keys();
  return diagnostics.has_errors() ? diagnostics.errors().front().to_string() : "";
}

TEST(Regex, PatternsAreCheckedWithTheConfiguration) {
  EXPECT_THAT(error_of("path = '/t'\nformat = 'regex'"), HasSubstr("pattern"));
  EXPECT_THAT(error_of("path = '/t'\nformat = 'regex'\npattern = '(?P<a>x'"), HasSubstr("missing )"));
  EXPECT_THAT(error_of("path = '/t'\nformat = 'regex'\npattern = '(x)'"),
              HasSubstr("'pattern': it has no named group"));
  EXPECT_THAT(error_of("path = '/t'\nformat = 'regex'\npattern = '(?<x>y)'"),
              HasSubstr("expected named groups such as"));
  EXPECT_THAT(error_of("path = '/t'\nformat = 'json'\npattern = '(?P<a>x)'"), HasSubstr("pattern"));
  EXPECT_THAT(error_of("path = '/t'\nformat = 'json'\npath_fields = 'x'"), HasSubstr("has no named group"));
}

// A file store of experiments: a directory for each run, a file for each metric, a line for each step.
TEST(PathFields, NameWhatAFileIsAbout) {
  FileWorld world(R"(path = '/mlruns/*/*/metrics/**/*'
path_fields = '/(?P<experiment>[^/]+)/(?P<run>[^/]+)/metrics/(?P<metric>.+)$'
format = 'regex'
pattern = '^(?P<at>\d+) (?P<value>\S+) (?P<step>\d+)$'
time = 'at'
time_format = 'unix_ms'
)",
                  {"experiment", "run", "metric", "value", "step"});
  world.files.write("/mlruns/0/1e5/metrics/loss", "1700000000000 0.5 0\n1700000001000 0.25 1\n");
  world.files.write("/mlruns/0/1e5/metrics/val/auc", "1700000000500 1 0\n");
  world.files.write("/mlruns/0/1e5/params/depth", "3");
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ::testing::UnorderedElementsAre("'0' '1e5' 'loss' 0.5 0", "'0' '1e5' 'loss' 0.25 1",
                                                                 "'0' '1e5' 'val/auc' 1 0"));
  EXPECT_EQ(world.take_times()[0], TimePoint(std::chrono::seconds(1'700'000'000)));
  world.files.write("/mlruns/0/2b7/metrics/loss", "1700000002000 0.75 0\n");
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("'0' '2b7' 'loss' 0.75 0"));
}

TEST(PathFields, AreAbsentWhereThePathDoesNotMatch) {
  FileWorld world("path = '/data/*.json'\nformat = 'json'\npath_fields = '/run-(?P<run>\\d+)(-(?P<part>\\w+))?'",
                  {"run", "part", "a"});
  world.files.write("/data/run-7.json", R"({"a": 1})");
  world.files.write("/data/other.json", R"({"a": 2})");
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ::testing::UnorderedElementsAre("'7' - 1", "- - 2"));
}

}  // namespace
}  // namespace leeway
