// JSON documents as records: paths, keys, what encloses a record, and what is rejected.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "agent/core/rfc3339.h"
#include "tests/collectors/files/file_fixture.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Reads `content` once, as the file of a source with these keys.
std::vector<std::string> read_document(const std::string& keys, const std::vector<std::string>& fields,
                                       std::string_view content) {
  FileWorld world("path = '/data/r.json'\nformat = 'json'\n" + keys, fields);
  world.files.write("/data/r.json", content);
  world.look();
  world.look();
  return world.take_rows();
}

std::string reason_of(std::string_view content, const std::string& keys = "") {
  FileWorld world("path = '/data/r.json'\nformat = 'json'\n" + keys, {"a"});
  world.files.write("/data/r.json", content);
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), IsEmpty()) << content;
  const SourceStatus status = world.status();
  EXPECT_EQ(status.versions->rejects.size(), 1) << content;
  EXPECT_EQ(status.unreadable_files, 1);
  return status.versions->rejects.empty() ? "" : status.versions->rejects.begin()->first;
}

TEST(JsonDocument, JsonInTextsIsRead) {
  EXPECT_THAT(read_document("records = 'runs.*'", {"log", "json(log).level", "log.level", "json(name).x"},
                            R"({"name": "{\"x\": 5}", "runs": [{"log": "{\"level\": \"a\"}", "name": "{\"x\": 6}"},
                                                             {"log": {"level": "b"}}]})"),
              ElementsAre("'{\"level\": \"a\"}' 'a' - '{\"x\": 6}' 6", "map1 - 'b' - -"));
}

constexpr std::string_view kReport = R"({
  "run": "2026-03-01T06:00:00.5", "n": 100, "drift": true,
  "features": {
    "age": {"type": "numeric", "ks": 0.25, "drift": true},
    "se\u0061son": {"type": "categorical", "shift": 1e-3, "drift": false},
    "odd \"name\"": {"type": "numeric", "ks": NaN, "drift": null}
  },
  "list": [["x", 1], ["y", 2]], "shares": {"a": 0.5, "b": 2}
})";

TEST(Document, WithoutRecordsIsOneRecord) {
  EXPECT_THAT(read_document("", {"n", "drift", "features.age.ks", "features", "list", "list[1][0]", "none"}, kReport),
              ElementsAre("100 true 0.25 map3 list2 'y' -"));
}

TEST(Document, WhatIsInListsAndObjectsIsReadIfItIsWanted) {
  EXPECT_THAT(read_document("", {"list...", "shares...", "list[1][0]", "features.age...", "n..."}, kReport),
              ElementsAre("list2[list2['x' 1] list2['y' 2]] map2['a' 0.5 'b' 2] 'y' "
                          "map3['type' 'numeric' 'ks' 0.25 'drift' true] 100"));
  EXPECT_THAT(read_document("records = 'runs.*'\nkey = 'i'\nparents = ['report']", {"tags...", "report.all...", "i"},
                            R"({"all": [null, "\u0041"], "runs": [{"tags": []}, {"tags": [{}, [false]]}]})"),
              ElementsAre("list0 list2[null 'A'] 0", "list2[map0 list1[false]] list2[null 'A'] 1"));
}

TEST(Document, WhoWaitsForItsThreadIsWoken) {
  FileWorld world("path = '/data/r.json'\nformat = 'json'\n", {"a"});
  std::promise<void> woken;
  world.set_wake([&woken] { woken.set_value(); });
  world.files.write("/data/r.json", R"({"a": 1})");
  world.look();
  world.pass(std::chrono::seconds(1));
  EXPECT_TRUE(world.discover());
  for (int step = 0; step < 100; ++step) {
    if (world.poll() == PollState::kWaiting) {
      woken.get_future().wait();
      EXPECT_NE(world.poll(), PollState::kWaiting);
      break;
    }
  }
  world.poll_all();
  EXPECT_THAT(world.take_rows(), ElementsAre("1"));
}

TEST(Document, IteratesAnObjectWithItsKeys) {
  EXPECT_THAT(read_document("records = 'features.*'\nkey = 'feature'\nparents = 'report'",
                            {"feature", "type", "ks", "shift", "drift", "report.n", "report.features.age.ks"}, kReport),
              ElementsAre("'age' 'numeric' 0.25 - true 100 0.25", "'season' 'categorical' - 0.001 false 100 0.25",
                          "'odd \"name\"' 'numeric' nan - null 100 0.25"));
}

TEST(Document, IteratesAnArrayWithItsIndices) {
  EXPECT_THAT(read_document("records = '*'\nkey = 'i'", {"i", "a"}, R"([{"a": 1}, {"b": 2}, {"a": "x"}])"),
              ElementsAre("0 1", "1 -", "2 'x'"));
}

TEST(Document, ScalarsAreTheFieldValue) {
  EXPECT_THAT(read_document("records = 'shares.*'\nkey = 'name'", {"name", "value"}, kReport),
              ElementsAre("'a' 0.5", "'b' 2"));
}

TEST(Document, NestsOneIterationInAnother) {
  const std::string_view text = R"({"id": 7, "m": [{"c": "x", "v": {"p": 1, "q": 2}}, {"c": "y", "v": {"p": 3}}, {}]})";
  EXPECT_THAT(read_document("records = 'm.*.v.*'\nkey = ['i', 'label']\nparents = ['doc', 'metric']",
                            {"doc.id", "i", "metric.c", "label", "value"}, text),
              ElementsAre("7 0 'x' 'p' 1", "7 0 'x' 'q' 2", "7 1 'y' 'p' 3"));
}

TEST(Document, TakesAFixedPathBehindAnIteration) {
  EXPECT_THAT(read_document("records = 'a.*.b[1]'\nparents = ['d', 'e']", {"x", "e.n"},
                            R"({"a": {"k": {"n": 1, "b": [{"x": 5}, {"x": 6}]}, "l": {"b": []}, "m": 3}})"),
              ElementsAre("6 1"));
}

TEST(Document, TimeIsItsFieldOrItsFiles) {
  FileWorld own(
      "path = '/r'\nformat = 'json'\nrecords = 'features.*'\nparents = 'r'\ntime = 'r.run'\n"
      "time_zone = 'Europe/Berlin'",
      {"ks"});
  own.files.write("/r", kReport);
  own.look();
  EXPECT_EQ(format_rfc3339(own.take_times().at(0)), "2026-03-01T05:00:00.500Z");

  FileWorld files("path = '/r'\nformat = 'json'\ntime = 'when'", {"n"});
  const TimePoint written = files.now();
  files.files.write("/r", R"({"when": "soon", "n": 1})");
  files.look();
  EXPECT_EQ(files.take_times().at(0), written);
  EXPECT_EQ(files.status().anomalies.at("time_invalid"), 1);
}

TEST(Document, TellsOfOddThings) {
  FileWorld world("path = '/r'\nformat = 'json'\nrecords = 'x.*'", {"a"});
  world.files.write("/r", "\xEF\xBB\xBF{\"x\": [{\"a\": 1, \"a\": 2}, {\"a\": \"\xFF\"}, {\"a\": 1e999}]}");
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("1", "'\xEF\xBF\xBD'", "error"));
  const SourceStatus status = world.status();
  EXPECT_EQ(status.anomalies.at("duplicate_key"), 1);
  EXPECT_EQ(status.anomalies.at("invalid_utf8"), 1);
  EXPECT_EQ(status.anomalies.at("number_out_of_range"), 1);
}

TEST(Document, WithoutTheRecordsPathIsReadAndSaysSo) {
  FileWorld world("path = '/r'\nformat = 'json'\nrecords = 'x.*'", {"a"});
  world.files.write("/r", "{}");
  world.look();
  EXPECT_EQ(world.status().versions->read, 1);
  EXPECT_EQ(world.status().anomalies.at("no_records"), 1);
}

TEST(Document, IsRefusedUnlessItIsWhole) {
  std::string text(kReport);
  for (std::size_t size = 1; size < text.size(); ++size) {
    const std::string reason = reason_of(std::string_view(text).substr(0, size));
    EXPECT_TRUE(reason == "truncated" || reason == "syntax") << size << " " << reason;
  }
}

TEST(Document, IsRefusedForItsSpelling) {
  EXPECT_EQ(reason_of(""), "empty");
  EXPECT_EQ(reason_of(" \n"), "empty");
  for (const char* text :
       {"{\"a\": tru e}", "{\"a\": 01}", "{\"a\": 1,}", "{} {}", "[1 2]", "{\"a\" 1}", "{\"a\": \"\\x\"}", "{a: 1}",
        "[}", "nul", "{\"a\": +1}", "{\"a\": 1]", "{\"a\": nan}", "]", "{\"a\": \"\x01\"}"}) {
    EXPECT_EQ(reason_of(text), "syntax") << text;
  }
}

TEST(Document, LimitsHoldBeforeMemoryIsTaken) {
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  EXPECT_EQ(reason_of(deep), "too_deep");
  EXPECT_EQ(reason_of(std::string(1 << 20, '[')), "too_deep");
  EXPECT_EQ(reason_of("[1, 2, 3]", "records = '*'\nmax_records = 2"), "too_many_records");
  EXPECT_EQ(reason_of("[1, 2, 3]", "max_size = 8"), "too_large");
  EXPECT_THAT(read_document("records = '*'\nmax_records = 3\nmax_size = 9", {"value"}, "[1, 2, 3]"),
              ElementsAre("1", "2", "3"));
}

TEST(Document, ConfigurationIsChecked) {
  const auto error_of = [](const std::string& keys) {
    Diagnostics diagnostics;
    const ConfigTable table = parse_toml("path = '/r'\n" + keys, "test.toml", diagnostics);
    TableReader reader(table, {}, "[[source]]", diagnostics);
    CollectorContext context{reader, std::nullopt, builtin_formats()};
    EXPECT_EQ(build_file_source(context), nullptr) << keys;
    return diagnostics.errors().empty() ? "" : diagnostics.errors().front().message;
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(error_of(""), HasSubstr("format"));
  EXPECT_THAT(error_of("format = 'xml'"), HasSubstr("json"));
  EXPECT_THAT(error_of("format = 'json'\nrecords = 'a..b'"), HasSubstr("a"));
  EXPECT_THAT(error_of("format = 'json'\nrecords = 'a.*'\nkey = ['a', 'b']"), HasSubstr("a name for each"));
  EXPECT_THAT(error_of("format = 'json'\nrecords = '*'\nparents = ['a', 'b']"), HasSubstr("at most 1"));
  EXPECT_THAT(error_of("format = 'json'\nmax_size = '2GiB'"), HasSubstr("1GiB"));
  EXPECT_THAT(error_of("format = 'csv'\ndelimiter = ';;'"), HasSubstr("one character"));
}

}  // namespace
}  // namespace leeway
