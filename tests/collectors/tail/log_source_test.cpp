// Log sources from their configuration: formats, and what `check` says about them.
#include "collectors/tail/log_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/config/toml_reader.h"
#include "agent/core/rfc3339.h"
#include "collectors/builtin.h"
#include "collectors/decode/field_path.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
}

TEST(LogSource, KeysAreChecked) {
  EXPECT_THAT(error_of("path = '/x'\nformat = 'regex'"), HasSubstr("'pattern' is missing"));
  EXPECT_THAT(error_of("path = '/x'\nformat = 'regex'\npattern = '(x)'"), HasSubstr("has no named group"));
  EXPECT_THAT(error_of("path = '/x'\nformat = 'json'\npattern = '(?P<a>x)'"), HasSubstr("unknown key 'pattern'"));
  EXPECT_THAT(error_of("path = '/x'\nformat = 'regex'\npattern = '(?P<a>x)'\nprefix = true"),
              HasSubstr("unknown key 'prefix'"));
  EXPECT_THAT(error_of("path = '/x'\nformat = 'json'\nmax_line = '1B'"), HasSubstr("64 bytes"));
  EXPECT_THAT(error_of("path = '/x'\nformat = 'json'\ntime_format = 'unix'"), HasSubstr("no effect without 'time'"));
  EXPECT_THAT(error_of("path = '/x.csv'"), HasSubstr("do not suggest one; expected \"json\""));
}

}  // namespace
}  // namespace leeway
