#include "collectors/paths/path_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/config/toml_reader.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Read {
  std::vector<std::string> patterns;
  std::vector<std::string> excludes;
  std::vector<std::string> names;
  std::string error;
};

Read read(const std::string& keys, const std::optional<std::string>& path_override = std::nullopt) {
  Diagnostics diagnostics;
  const ConfigTable table = parse_toml(keys, "test.toml", diagnostics);
  TableReader reader(table, {}, "[[source]]", diagnostics);
  const PathKeys paths = read_path_keys(reader, path_override, "/log/*.log");
  reader.report_unused_keys();
  Read result{{}, {}, paths.names, diagnostics.has_errors() ? diagnostics.errors().front().message : ""};
  for (const Glob& glob : paths.patterns) {
    result.patterns.push_back(glob.pattern());
  }
  for (const Glob& glob : paths.excludes) {
    result.excludes.push_back(glob.pattern());
  }
  return result;
}

TEST(PathKeys, AreATextOrAList) {
  const Read one = read("path = '/a/*.csv'");
  EXPECT_THAT(one.patterns, ElementsAre("/a/*.csv"));
  EXPECT_THAT(one.names, ElementsAre("/a/*.csv"));
  EXPECT_THAT(one.excludes, IsEmpty());
  EXPECT_EQ(one.error, "");
  const Read more = read("path = ['/a', '/b']\nexclude = ['*.tmp', '/c']");
  EXPECT_THAT(more.patterns, ElementsAre("/a", "/b"));
  EXPECT_THAT(more.excludes, ElementsAre("*.tmp", "/c"));
}

TEST(PathKeys, AnOverrideMovesTheFilesButTheirNamesStay) {
  const Read both = read("path = '/a/*.csv'", "/tmp/copy");
  EXPECT_THAT(both.patterns, ElementsAre("/tmp/copy"));
  EXPECT_THAT(both.names, ElementsAre("/a/*.csv"));
  const Read alone = read("", "/tmp/copy");
  EXPECT_THAT(alone.patterns, ElementsAre("/tmp/copy"));
  EXPECT_THAT(alone.names, ElementsAre("/tmp/copy"));
  EXPECT_EQ(alone.error, "");
}

TEST(PathKeys, AreChecked) {
  EXPECT_EQ(read("").error, "[[source]]: 'path' is missing; expected a file name or pattern");
  EXPECT_EQ(read("path = ''").error,
            "[[source]]: an empty path; expected a file name or pattern such as \"/log/*.log\"");
  EXPECT_EQ(read("path = 7").error, "[[source]]: 'path' is an integer; expected an array of strings");
}

}  // namespace
}  // namespace leeway
