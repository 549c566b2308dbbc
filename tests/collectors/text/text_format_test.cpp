// What all formats of this room promise: no memory per line, values that live as long as the batch.
#include <gtest/gtest.h>

#include "collectors/text/klog_format.h"
#include "collectors/text/logfmt_format.h"
#include "collectors/text/presets.h"
#include "collectors/text/syslog_format.h"
#include "collectors/text/template_format.h"
#include "tests/collectors/text/text_lines.h"
#include "tests/support/count_allocations.h"

namespace leeway {
namespace {

// How often memory is allocated while `line` is decoded a thousand times, after the first times.
std::size_t allocations_for(ReadFormat read, const std::string& keys, const std::vector<std::string>& fields,
                            const std::string& line) {
  const ReadKeys source = read_keys(read, keys);
  Schema schema;
  for (const std::string& field : fields) {
    schema.intern(parse_field_path(field).value());
  }
  const std::unique_ptr<Decoder> decoder = source.format->make_decoder(schema);
  RecordBatch batch;
  DecodeCounts counts;
  const std::string padded = line + std::string(kPadding, ' ');
  const std::vector<Line> lines(1000, Line{{padded.data(), line.size()}, 1});
  std::size_t before = 0;
  for (int round = 0; round < 3; ++round) {
    batch.reset(schema.size());
    before = allocations;
    decoder->decode(lines, batch, counts);
  }
  EXPECT_EQ(batch.rows(), lines.size());
  return allocations - before;
}

TEST(TextFormat, NoMemoryIsAllocatedForALine) {
  EXPECT_EQ(allocations_for(read_template_format, "pattern = '[{time}] {a:quoted} {b}'", {"a", "b"},
                            R"([2026-11-28T04:25:02Z] "x \"y\"" é)"),
            0U);
  EXPECT_EQ(allocations_for(read_preset_format<0>, "", {"method", "path", "query", "status", "agent", "malformed"},
                            R"(::1 - - [28/Nov/2026:04:25:02 +0000] "GET /\x22?x HTTP/1.1" 404 153 "-" "curl")"),
            0U);
  EXPECT_EQ(allocations_for(read_logfmt_format, "time = 'time'", {"msg", "ms", "[\"a b\"]", "message", "err"},
                            R"(words time=2026-11-28T04:26:51Z msg="a \"b\"" "a b"=1 "\u00e9"=2 ms=3.5 err=<nil> err)"),
            0U);
  EXPECT_EQ(allocations_for(read_syslog_format, "year = 2026", {"host", "severity", "app", "message", "sd.a.b"},
                            "<34>Nov  8 04:25:02 web1 su[9]: text"),
            0U);
  EXPECT_EQ(allocations_for(read_syslog_format, "", {"host", "severity", "app", "message", "sd.a.b"},
                            R"(<165>1 2026-11-28T04:25:02Z web1 su 9 - [a b="\]"] text)"),
            0U);
  EXPECT_EQ(allocations_for(read_klog_format, "year = 2026", {"message", "pod", "level"}, std::string(kKlogSample)),
            0U);
}

TEST(TextFormat, EmptyLinesAreNeitherRecordsNorRejects) {
  TextLines lines(read_template_format, "pattern = '{a}'", {"a"});
  EXPECT_EQ(lines.read(""), "");
  EXPECT_EQ(lines.lines().batch.rows(), 0U);
}

}  // namespace
}  // namespace leeway
