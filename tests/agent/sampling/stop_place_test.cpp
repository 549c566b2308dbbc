#include "agent/sampling/stop_place.h"

#include <gtest/gtest.h>

#include "agent/config/toml_reader.h"

namespace leeway {
namespace {

// The line up to where it stops being read; "?" where that is not known.
std::string read_of(const std::string& source, const std::string& line) {
  Diagnostics diagnostics;
  const ConfigTable table = parse_toml(source, "test.toml", diagnostics);
  EXPECT_EQ(diagnostics.to_string(), "");
  const std::optional<std::size_t> stop = stop_of(table, line);
  return stop ? line.substr(0, *stop) : "?";
}

TEST(StopPlace, OfATemplate) {
  const std::string source = "format = 'template'\npattern = '{time} [{level:word}] {status:int} {message}'\n";
  EXPECT_EQ(read_of(source, "2027-01-15T07:00:00Z <INFO> 200 x"), "2027-01-15T07:00:00Z ");
  EXPECT_EQ(read_of(source, "2027-01-15T07:00:00Z [INFO] fine x"), "2027-01-15T07:00:00Z [INFO] ");
  EXPECT_EQ(read_of(source, ""), "");
}

TEST(StopPlace, OfARegularExpression) {
  const std::string source = R"(format = 'regex'
pattern = '^(?P<time>\S+) \[(?P<level>[A-Z\]]+)\] (?:took (?P<ms>\d+) ms)$'
)";
  EXPECT_EQ(read_of(source, "07:00:00 [INFO] took 12 s"), "07:00:00 [INFO] took 12 ");
  EXPECT_EQ(read_of(source, "07:00:00 [info] took 12 ms"), "07:00:00 [");
  EXPECT_EQ(read_of(source, "07:00:00 [INFO] took 12 ms."), "07:00:00 [INFO] took 12 ms");
}

TEST(StopPlace, OfAKnownFormat) {
  EXPECT_EQ(read_of("format = 'uvicorn'\n", "INFO:     127.0.0.1:5000 - GET / 200"), "INFO:     127.0.0.1:5000 - ");
}

TEST(StopPlace, OfJson) {
  EXPECT_EQ(read_of("format = 'json'\n", R"({"a": 1, "b": oops})"), R"({"a": 1, "b": )");
  EXPECT_EQ(read_of("format = 'json'\n", "text"), "?");
}

TEST(StopPlace, IsTheFarthestOfSeveralFormats) {
  EXPECT_EQ(read_of("format = ['json', { format = 'template', pattern = '{a:int} {b:int}' }]\n", "12 x"), "12 ");
  EXPECT_EQ(read_of("format = 'logfmt'\n", "x"), "?");
}

}  // namespace
}  // namespace leeway
