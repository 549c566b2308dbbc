// Log sources from their configuration: formats, and what `check` says about them.
#include "collectors/tail/log_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "agent/config/toml_reader.h"
#include "agent/core/rfc3339.h"
#include "collectors/builtin.h"
#include "collectors/decode/field_path.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

std::unique_ptr<SourceDefinition> build(const std::string& keys, std::string& errors) {
  Diagnostics diagnostics;
  const ConfigTable table = parse_toml(keys, "test.toml", diagnostics);
  TableReader reader(table, {}, "[[source]]", diagnostics);
  CollectorContext context{reader, std::nullopt, builtin_formats()};
  std::unique_ptr<SourceDefinition> definition = build_log_source(context);
  reader.report_unused_keys();
  errors = diagnostics.to_string();
  return definition;
}

// The times of the records that a source with these keys reads.
std::vector<TimePoint> times_of(const std::string& keys, MemoryFileSystem& files) {
  std::string errors;
  const std::unique_ptr<SourceDefinition> definition = build(keys, errors);
  EXPECT_NE(definition, nullptr) << errors;
  const Schema schema;
  const std::unique_ptr<Collector> collector = definition->open(schema, files);
  EXPECT_TRUE(collector->discover());
  RecordBatch batch;
  EXPECT_TRUE(collector->finish({}, batch));
  return {batch.times().begin(), batch.times().end()};
}

std::string error_of(const std::string& keys) {
  std::string errors;
  build(keys, errors);
  return errors;
}

std::string description_of(const std::string& keys) {
  std::string errors;
  MemoryFileSystem files;
  const std::unique_ptr<SourceDefinition> definition = build(keys, errors);
  EXPECT_NE(definition, nullptr) << errors;
  const std::string text = definition == nullptr ? "" : definition->summary(files);
  return text.substr(0, text.find(" of"));
}

TEST(LogSource, SaysWhatItReads) {
  EXPECT_EQ(description_of("path = '/log/app.log'\nformat = 'json'"), "json, tail");
  EXPECT_EQ(description_of("path = '/log/app.log'\nformat = 'json'\nprefix = true"), "json after a text prefix, tail");
  EXPECT_EQ(description_of("path = '/log/app.jsonl'\nprefix = true"), "json after a text prefix, tail");
  EXPECT_EQ(description_of("path = '/log/app.log'\nformat = 'regex'\npattern = '(?P<a>.)'"), "regex, tail");
}

TEST(LogSource, TimesOfFormatsInAList) {
  MemoryFileSystem files;
  files.append("/log/app.log",
               "{\"ts\":\"2025-01-02T03:04:05Z\"}\n"
               "203.0.113.7 - - [28/Nov/2025:04:25:02 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"x\"\n");
  const std::vector<TimePoint> expected{parse_rfc3339("2025-01-02T03:04:05Z").value(),
                                        parse_rfc3339("2025-11-28T04:25:02Z").value()};
  EXPECT_EQ(times_of("path = '/log/app.log'\nformat = ['json', 'access']\ntime = 'ts'", files), expected);
  const std::string path = "path = '/x'\n";
  EXPECT_THAT(error_of(path + "format = 'access'\ntime = 'ts'"), HasSubstr("'time' is 'ts', which the pattern"));
  EXPECT_EQ(error_of(path + "format = 'template'\npattern = '{time} {a}'\ntime_format = '%d/%m/%Y'"), "");
  EXPECT_THAT(error_of(path + "format = 'template'\npattern = '{b} {a}'\ntime_format = '%d/%m/%Y'"),
              HasSubstr("no effect without 'time'"));
}

TEST(LogSource, TheTimeOfAnEnvelopeIsThatOfARecordWithoutOne) {
  MemoryFileSystem files;
  files.append(
      "/log/app.log",
      "2025-11-28T04:00:00Z stdout F {\"a\":1}\n2025-11-28T04:00:01Z stdout F {\"ts\":\"2025-01-02T03:04:05Z\"}\n");
  const std::vector<TimePoint> expected{parse_rfc3339("2025-11-28T04:00:00Z").value(),
                                        parse_rfc3339("2025-01-02T03:04:05Z").value()};
  EXPECT_EQ(times_of("path = '/log/app.log'\nformat = 'json'\ncontainer = 'cri'\ntime = 'ts'", files), expected);
}

TEST(LogSource, DatesWithoutAYearAreOfTheYearInWhichTheFileWasModified) {
  MemoryFileSystem files;
  files.set_time(parse_rfc3339("2027-01-03T00:00:00Z").value());
  files.append("/log/syslog", "Dec 31 23:59:59 host app: one\nJan  2 04:00:00 host app: two\n");
  const std::vector<TimePoint> expected{parse_rfc3339("2026-12-31T23:59:59Z").value(),
                                        parse_rfc3339("2027-01-02T04:00:00Z").value()};
  const std::string path = "path = '/log/syslog'\ntime_zone = 'UTC'\n";
  EXPECT_EQ(times_of(path + "format = 'syslog'", files), expected);
  EXPECT_EQ(times_of(path + "format = ['json', 'syslog']", files), expected);
  EXPECT_EQ(times_of(path + "format = 'syslog'\nignore = ['nothing']", files), expected);
}

TEST(LogSource, ReadsLinesByAPattern) {
  MemoryFileSystem files;
  std::string errors;
  const std::unique_ptr<SourceDefinition> definition = build(R"(
path = '/log/app.log'
format = 'regex'
pattern = '^(?P<at>\S+) (?P<level>[A-Z]+) (?P<ms>[0-9.,]+)ms'
thousands = ','
time = 'at'
)",
                                                             errors);
  ASSERT_NE(definition, nullptr) << errors;
  EXPECT_TRUE(definition->has_event_time());
  Schema schema;
  const FieldId level = schema.intern(parse_field_path("level").value());
  const FieldId ms = schema.intern(parse_field_path("ms").value());
  const std::unique_ptr<Collector> collector = definition->open(schema, files);

  files.append("/log/app.log", "2026-03-01T12:00:00Z INFO 1,250ms\nTraceback\n2026-03-01T12:00:01Z WARN 2.5ms\n2026");
  std::vector<std::string> records;
  std::vector<TimePoint> times;
  RecordBatch batch;
  const auto read_all = [&] {
    ASSERT_TRUE(collector->discover());
    for (PollState state = PollState::kMore; state == PollState::kMore;) {
      state = collector->poll({}, batch).value();
      for (Row row = 0; row < batch.rows(); ++row) {
        const Value& value = batch.cell(ms, row);
        const std::string number =
            value.kind == ValueKind::kInt ? std::to_string(value.integer) : std::to_string(value.number);
        records.push_back(std::string(batch.cell(level, row).string()) + " " + number);
        times.push_back(batch.times()[row]);
      }
    }
  };
  read_all();
  EXPECT_THAT(records, ElementsAre("INFO 1250", "WARN 2.500000"));
  EXPECT_THAT(
      times, ElementsAre(parse_rfc3339("2026-03-01T12:00:00Z").value(), parse_rfc3339("2026-03-01T12:00:01Z").value()));
  // The rest of a line that was half written, after a rotation.
  files.append("/log/app.log", "-03-01T12:00:02Z INFO 3ms\n");
  ASSERT_TRUE(files.rename("/log/app.log", "/log/app.log.1"));
  files.append("/log/app.log", "2026-03-01T12:00:03Z INFO 4ms\n");
  records.clear();
  read_all();
  EXPECT_THAT(records, ElementsAre("INFO 3", "INFO 4"));
  SourceStatus status;
  collector->report(status);
  EXPECT_EQ(status.records, 4U);
  EXPECT_EQ(status.rejects.at("no_match"), 1U);
  ASSERT_EQ(status.reject_examples.at("no_match").size(), 1U);
  EXPECT_EQ(status.reject_examples.at("no_match").front().file, "/log/app.log");
  EXPECT_EQ(status.reject_examples.at("no_match").front().text, "Traceback");
  // What is only rejected is worth a commit: otherwise nobody would see it before the next record or scrape.
  EXPECT_EQ(*collector->poll({}, batch), PollState::kIdle);
  files.append("/log/app.log", "Traceback\n");
  EXPECT_EQ(*collector->poll({}, batch), PollState::kMore);
  EXPECT_EQ(batch.rows(), 0U);
  EXPECT_EQ(*collector->poll({}, batch), PollState::kIdle);
}

// Two lines of text and one of JSON, each with an object in a text.
TEST(LogSource, ReadsJsonInTextsOfAnyFormat) {
  for (const std::string format :
       {"format = 'template'\npattern = '{level} {log}'", "format = 'logfmt'", "format = 'json'",
        "format = 'regex'\npattern = '(?P<log>[{].*[}])'\nignore = ['x']"}) {
    MemoryFileSystem files;
    std::string errors;
    const std::unique_ptr<SourceDefinition> definition = build("path = '/log/app.log'\n" + format, errors);
    ASSERT_NE(definition, nullptr) << errors;
    Schema schema;
    FieldPath path = parse_field_path("log.user.id").value();
    path.json_at = 1;
    const FieldId id = schema.intern(path);
    const FieldId outer = schema.intern(parse_field_path("log.user.id").value());
    const std::unique_ptr<Collector> collector = definition->open(schema, files);
    const bool json = format == "format = 'json'";
    const bool pairs = format == "format = 'logfmt'";
    files.append("/log/app.log", json    ? R"({"log": "{\"user\": {\"id\": 7}}"})"
                                 : pairs ? R"(level=INFO log="{\"user\": {\"id\": 7}}")"
                                         : R"(INFO {"user": {"id": 7}})");
    files.append("/log/app.log", "\n");
    ASSERT_TRUE(collector->discover());
    RecordBatch batch;
    ASSERT_TRUE(collector->poll({}, batch));
    ASSERT_EQ(batch.rows(), 1U) << format;
    EXPECT_EQ(batch.cell(id, 0).kind, ValueKind::kInt) << format;
    EXPECT_EQ(batch.cell(id, 0).integer, 7) << format;
    EXPECT_EQ(batch.cell(outer, 0).kind, ValueKind::kMissing) << format;
  }
}

TEST(LogSource, KeysAreChecked) {
  EXPECT_THAT(error_of("path = '/x'\nformat = 'regex'"), HasSubstr("'pattern' is missing"));
  EXPECT_THAT(error_of("path = '/x'\nformat = 'regex'\npattern = '(x)'"), HasSubstr("has no named group"));
  EXPECT_THAT(error_of("path = '/x'\nformat = 'json'\npattern = '(?P<a>x)'"), HasSubstr("unknown key 'pattern'"));
  EXPECT_THAT(error_of("path = '/x'\nformat = 'regex'\npattern = '(?P<a>x)'\nprefix = true"),
              HasSubstr("unknown key 'prefix'"));
  EXPECT_THAT(error_of("path = '/x'\nformat = 'json'\nmax_line = '1B'"), HasSubstr("64 bytes"));
  EXPECT_THAT(error_of("path = '/x'\nformat = 'json'\ntime_format = 'unix'"), HasSubstr("no effect without 'time'"));
  EXPECT_THAT(error_of("path = '/x.yaml'"), HasSubstr("do not suggest one; expected \"json\""));
}

// The texts of the columns of each record, "-" where there is none.
std::vector<std::string> read_all(const std::string& keys, const std::vector<std::string>& paths,
                                  const std::map<std::string, std::string>& contents, SourceStatus* status = nullptr) {
  MemoryFileSystem files;
  std::string errors;
  const std::unique_ptr<SourceDefinition> definition = build(keys, errors);
  EXPECT_NE(definition, nullptr) << errors;
  std::vector<std::string> rows;
  if (definition == nullptr) {
    return rows;
  }
  for (const auto& [path, content] : contents) {
    files.append(path, content);
  }
  Schema schema;
  for (const std::string& path : paths) {
    schema.intern(parse_field_path(path).value());
  }
  const std::unique_ptr<Collector> collector = definition->open(schema, files);
  RecordBatch batch;
  const auto take = [&] {
    for (Row row = 0; row < batch.rows(); ++row) {
      std::string text;
      for (FieldId field = 0; field < schema.size(); ++field) {
        const Value& value = batch.cell(field, row);
        text += (field > 0 ? " " : "") + (value.kind == ValueKind::kString ? std::string(value.string())
                                          : value.kind == ValueKind::kInt  ? std::to_string(value.integer)
                                                                           : "-");
      }
      rows.push_back(text);
    }
  };
  EXPECT_TRUE(collector->discover());
  while (*collector->poll(Budget{}, batch) == PollState::kMore) {
    take();
  }
  while (*collector->finish(Budget{}, batch) == PollState::kMore) {
    take();
  }
  if (status != nullptr) {
    collector->report(*status);
  }
  return rows;
}

TEST(LogSource, ALineIsARecordOfTheFirstFormatThatReadsIt) {
  constexpr const char* kKeys = R"(path = '/log/app.log'
format = ["json", { format = "regex", pattern = '^(?P<level>[A-Z]+): (?P<n>\d+)' }, { format = "regex", pattern = '^(?P<n>\d+)$' }]
)";
  SourceStatus status;
  EXPECT_THAT(
      read_all(kKeys, {"level", "n"},
               {{"/log/app.log", "INFO: 1\n{\"level\":\"WARN\",\"n\":2}\n3\nother\n\n{\"n\":4\nERROR: 5\n"}}, &status),
      ElementsAre("INFO 1", "WARN 2", "- 3", "ERROR 5"));
  EXPECT_EQ(status.rejects.at("no_format"), 2U);
  EXPECT_EQ(description_of(kKeys), "json, regex, regex, tail");
}

TEST(LogSource, ErrorsOfAListAreThoseOfItsElements) {
  EXPECT_THAT(error_of("path = '/l'\nformat = []"),
              HasSubstr("test.toml:2:10: error: [[source]]: 'format' is an empty list"));
  EXPECT_THAT(error_of("path = '/l'\nformat = ['json', 'jsn']"),
              HasSubstr("test.toml:2:19: error: [[source]]: 'format' is \"jsn\""));
  EXPECT_THAT(error_of("path = '/l'\nformat = ['json', 'jsn']"), HasSubstr("did you mean 'json'?"));
  EXPECT_THAT(error_of("path = '/l'\nformat = ['json', 5]"), HasSubstr("is an integer; expected the name of a format"));
  EXPECT_THAT(error_of("path = '/l'\nformat = [{ format = 'regex', pattern = '(?P<a>.)', patern = 'x' }]"),
              HasSubstr("did you mean 'pattern'?"));
  EXPECT_THAT(error_of("path = '/l'\nformat = [{ format = 'regex' }]"), HasSubstr("'pattern'"));
}

TEST(LogSource, FieldsOfThePath) {
  constexpr const char* kKeys = R"(path = '/pods/*/*/*.log'
format = "json"
path_fields = '/pods/(?P<namespace>[^_]+)_(?P<pod>[^_]+)_[^/]+/(?P<container>[^/]+)/'
)";
  EXPECT_THAT(read_all(kKeys, {"namespace", "pod", "container", "n"},
                       {{"/pods/shop_web-1_uid/app/0.log", "{\"n\":1}\n"}, {"/pods/other/app/0.log", "{\"n\":2}\n"}}),
              UnorderedElementsAre("shop web-1 app 1", "- - - 2"));
}

TEST(LogSource, LinesOfContainers) {
  SourceStatus status;
  constexpr const char* kKeys = "path = '/log/0.log'\ncontainer = 'cri'\nformat = 'json'\nmultiline = 'indent'\n";
  EXPECT_THAT(read_all(kKeys, {"container.stream", "n"},
                       {{"/log/0.log",
                         "2026-11-28T05:25:02Z stdout F {\"n\":1}\n2026-11-28T05:25:02Z stderr P {\"n\":\n"
                         "2026-11-28T05:25:02Z stdout F {\"n\":2}\n2026-11-28T05:25:02Z stderr F 3}\n"}},
                       &status),
              ElementsAre("stdout 1", "stdout 2", "stderr 3"));
  std::string errors;
  const std::unique_ptr<SourceDefinition> definition = build(kKeys, errors);
  EXPECT_TRUE(definition->has_event_time());
  EXPECT_TRUE(status.rejects.empty());
}

TEST(LogSource, KeysOfRecordsAreChecked) {
  const std::string begin = "path = '/l'\nformat = 'json'\n";
  EXPECT_THAT(error_of(begin + "container = 'crio'"), HasSubstr("did you mean 'cri'?"));
  EXPECT_THAT(error_of(begin + "multiline = 'jav'"), HasSubstr("did you mean 'java'?"));
  EXPECT_THAT(error_of(begin + "multiline = { start = '(' }"), HasSubstr("no regular expression"));
  EXPECT_THAT(error_of(begin + "multiline = { start = 'a', continue = 'b' }"), HasSubstr("needs one of"));
  EXPECT_THAT(error_of(begin + "multiline = { preset = 'java', max_line = 5 }"),
              HasSubstr("did you mean 'max_lines'?"));
  EXPECT_THAT(error_of(begin + "ignore = ['(']"), HasSubstr("no regular expression"));
  EXPECT_THAT(error_of(begin + "redact = ['mail']"), HasSubstr("did you mean 'email'?"));
}

}  // namespace
}  // namespace leeway
