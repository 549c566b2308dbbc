// No line of a log allocates memory, whatever its format: once the first lines have been read, everything that is
// needed is there.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/config/toml_reader.h"
#include "collectors/builtin.h"
#include "collectors/decode/field_path.h"
#include "collectors/decode/format_list.h"
#include "collectors/records/record_keys.h"
#include "tests/support/count_allocations.h"

namespace leeway {
namespace {

constexpr std::size_t kRepetitions = 300;

const std::string kJson = R"({"time": "2026-11-28T04:25:02.1Z", "level": "INFO", "msg": "done", "ms": 3.5})";
const std::string kLogfmt = R"(time=2026-11-28T04:25:02.1Z level=INFO msg="a b" ms=3.5)";
const std::string kAccess =
    R"(203.0.113.7 - ann [28/Nov/2026:04:25:02 +0000] "GET /items/42?x=1 HTTP/1.1" 404 153 "-" "curl/8.0" "-")";
const std::string kText = "2026-11-28 04:25:02,123 INFO [worker-1] app.jobs - job 7 took 3.5 ms";
constexpr const char* kRegex =
    R"(pattern = '^(?P<time>\S+ \S+) (?P<level>\w+) \[(?P<thread>[^\]]+)\] (?P<logger>\S+) - (?P<msg>.*)')"
    "\ntime = 'time'\n";

// How often memory is allocated while a log source with these keys reads the lines again and again, after the first
// times. `rejected`: how many of the lines are no records.
std::size_t allocations_for(const std::string& keys, const std::vector<std::string>& lines, std::size_t rejected = 0) {
  Diagnostics diagnostics;
  const ConfigTable table = parse_toml(keys, "keys.toml", diagnostics);
  TableReader reader(table, {}, "[[source]]", diagnostics);
  RecordRules rules = read_record_keys(reader);
  TimeKeys time = read_time_keys(reader);
  const LineFormatChoice format = read_line_format(reader, builtin_formats(), {}, time);
  EXPECT_FALSE(diagnostics.has_errors()) << diagnostics.to_string();
  rules.json = format.name == "json";
  Schema schema;
  for (const char* field : {"level", "msg", "message", "ms", "status", "path", "agent", "container.stream"}) {
    schema.intern(parse_field_path(field).value());
  }
  const std::unique_ptr<Decoder> decoder = make_decoder(*format.format, rules, schema);
  LineJoiner joiner(rules.join);

  std::string text;
  for (std::size_t i = 0; i < kRepetitions; ++i) {
    for (const std::string& line : lines) {
      text += line + "\n";
    }
  }
  RecordBatch batch;
  DecodeCounts counts;
  std::vector<Line> cut;
  std::size_t before = 0;
  for (int round = 0; round < 3; ++round) {
    batch.reset(schema.size());
    char* const buffer = batch.raw_buffer(text.size());
    text.copy(buffer, text.size());
    counts.rejects.clear();
    before = allocations;
    cut.clear();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      cut.push_back({{buffer + at, end - at}, end + 1});
      at = end + 1;
    }
    if (rules.join.joins()) {
      joiner.join(cut, true);
    }
    decoder->decode(cut, batch, counts);
  }
  const std::size_t made = allocations - before;
  std::size_t no_records = 0;
  for (const auto& [reason, count] : counts.rejects) {
    no_records += count;
  }
  EXPECT_EQ(no_records, rejected * kRepetitions);
  EXPECT_GT(batch.rows(), 0U);
  return made - counts.rejects.size();  // the names of reasons, which were forgotten
}

TEST(Allocations, JsonNeedsNone) { EXPECT_EQ(allocations_for("format = 'json'\ntime = 'time'", {kJson}), 0U); }

TEST(Allocations, TextNeedsNone) {
  EXPECT_EQ(allocations_for("format = 'access'", {kAccess}), 0U);
  EXPECT_EQ(allocations_for("format = 'logfmt'\ntime = 'time'", {kLogfmt}), 0U);
  EXPECT_EQ(allocations_for("format = 'template'\npattern = '{time} {level} [{thread}] {logger} - {msg}'", {kText}),
            0U);
  EXPECT_EQ(
      allocations_for("format = 'syslog'\nyear = 2026", {"<34>Nov  8 04:25:02 web1 su[9]: text",
                                                         "<165>1 2026-11-28T04:25:02Z web1 su 9 - [a b=\"c\"] text"}),
      0U);
  EXPECT_EQ(allocations_for("format = 'klog'\nyear = 2026",
                            {R"(I1128 04:26:51.371907     265 main.go:33] "Pod updated" pod="shop/web-1" ms=3.5)"}),
            0U);
}

TEST(Allocations, TablesNeedNone) {
  EXPECT_EQ(allocations_for("format = 'csv'\ncolumns = ['time', 'level', 'msg', 'ms']\ntime = 'time'",
                            {R"(2026-11-28T04:25:02.1Z,INFO,"said ""done"", and left",3.5)"}),
            0U);
  EXPECT_EQ(allocations_for("format = 'tsv'\ncolumns = ['level', 'msg']", {"INFO\tdone"}), 0U);
}

TEST(Allocations, RegularExpressionsNeedNone) {
  EXPECT_EQ(allocations_for(std::string("format = 'regex'\n") + kRegex, {kText}), 0U);
  EXPECT_EQ(allocations_for(std::string("format = 'regex'\n") + kRegex, {kText + " \xC3\xA9", kText + " \xFF"}), 0U);
  EXPECT_EQ(allocations_for("format = 'regex'\npattern = '(?P<level>INFO|WARN).* (?P<a>\\S+) (?P<b>\\S+) (?P<c>\\S+) "
                            "took (?P<ms>[0-9.]+) ms'",
                            {kText}),
            0U);
  EXPECT_EQ(allocations_for(R"(format = 'regex'
pattern = '(?i)^(?P<a>\S+)( \S+)? (?:level=)?(?P<level>info|warn)\b(?: \[(?P<b>[^\]]+)\])*(?P<c> .*)?(?P<msg>\.|$)')",
                            {kText, "x warn", "x y level=Info [1] [2] done."}),
            0U);
}

TEST(Allocations, RegularExpressionsThatRe2MatchesInOnePassNeedNone) {
  EXPECT_EQ(allocations_for("format = 'regex'\npattern = '^(?P<level>[[:upper:]]+) (?P<msg>.*)$'", {"INFO text"}), 0U);
  EXPECT_EQ(allocations_for("format = 'regex'\npattern = '^(?P<level>\\pL+) (?P<msg>[^ ]+) (?P<ms>[0-9]+)'",
                            {"INFO text 3", "INFO text"}, 1),
            0U);
}

TEST(Allocations, LinesInEnvelopesNeedNone) {
  const std::string keys = "format = 'json'\ntime = 'time'\n";
  EXPECT_EQ(allocations_for(keys + "container = 'cri'",
                            {"2026-11-28T05:25:02.97Z stdout F " + kJson, "2026-11-28T05:25:02.97Z stderr F " + kJson}),
            0U);
  EXPECT_EQ(allocations_for(keys + "container = 'docker'",
                            {R"({"log":"{\"level\":\"INFO\",\"time\":\"2026-11-28T04:25:02Z\"}\n","stream":"stdout",)"
                             R"("time":"2026-11-28T05:25:02.97Z"})"}),
            0U);
  EXPECT_EQ(allocations_for(keys + "container = 'compose'", {"web-1  | " + kJson}), 0U);
  EXPECT_EQ(allocations_for(
                "format = 'logfmt'\ncontainer = 'cri'\nmultiline = 'java'",
                {"2026-11-28T05:25:02.97Z stderr F " + kLogfmt, "2026-11-28T05:25:02.98Z stderr F \tat c.B.m(B.java:2)",
                 "2026-11-28T05:25:02.98Z stderr P \tat c.D.m(D", "2026-11-28T05:25:02.98Z stderr F .java:2)"}),
            0U);
}

TEST(Allocations, RecordsOfSeveralLinesNeedNone) {
  EXPECT_EQ(allocations_for("format = 'template'\npattern = '{time} {level} {_} took {ms:int} ms'\nmultiline = 'java'",
                            {"2026-11-28T04:25:02Z INFO job took 3 ms", "Caused by: x", "\tat c.B.m(B.java:2)"}),
            0U);
}

TEST(Allocations, ListsOfFormatsNeedNone) {
  EXPECT_EQ(
      allocations_for("format = ['json', 'access', 'logfmt']\ntime = 'time'", {kJson, kAccess, kLogfmt, "text"}, 1),
      0U);
  const std::string regex = "{ format = 'regex', pattern = '^(?P<level>\\w+) ";
  EXPECT_EQ(allocations_for("format = [" + regex + "(?P<msg>first) one' }, " + regex + "(?P<msg>second) two' }]",
                            {"INFO second two", "INFO first one", "INFO third"}, 1),
            0U);
}

}  // namespace
}  // namespace leeway
