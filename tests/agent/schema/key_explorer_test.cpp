// The keys that agent/schema finds out: those that readers ask for when they read real configurations, and each has a
// line.
#include "agent/schema/key_explorer.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "agent/config/toml_reader.h"
#include "agent/core/file_system.h"
#include "agent/pipeline/assembly.h"
#include "agent/schema/key_lines.h"

namespace leeway {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const ConfigFacts& facts() {
  static const ConfigFacts kFacts = explore_keys();
  return kFacts;
}

std::vector<std::string> configurations() {
  std::vector<std::string> paths;
  for (const char* const folder : {"deploy/packs", "deploy/adapters", "deploy/examples"}) {
    for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(LEEWAY_SOURCE_DIR) / folder)) {
      if (file.path().extension() == ".toml") {
        paths.push_back(file.path());
      }
    }
  }
  return paths;
}

TEST(KeyExplorer, KnowsWhatReadersAskWhenTheyReadRealConfigurations) {
  PosixFileSystem files;
  ASSERT_THAT(configurations(), Not(SizeIs(testing::Lt(10))));
  for (const std::string& path : configurations()) {
    Diagnostics diagnostics;
    diagnostics.want_keys();
    const ConfigTable config = read_toml(files, path, diagnostics);
    static_cast<void>(assemble(config, {}, files, diagnostics));
    ConfigFacts asked;
    add_uses(config, diagnostics, asked);
    for (const auto& [table, keys] : asked) {
      ASSERT_TRUE(facts().contains(table)) << path << ": " << table;
      for (const auto& [key, of_key] : keys) {
        const auto known = facts().at(table).find(key);
        ASSERT_NE(facts().at(table).end(), known) << path << ": " << table << "." << key;
        EXPECT_EQ(known->second.types, known->second.types | of_key.types) << path << ": " << table << "." << key;
      }
    }
  }
}

TEST(KeyExplorer, FindsTypesWordsLimitsAndDefaults) {
  const KeyFacts& durability = facts().at("agent").at("durability");
  EXPECT_EQ((std::vector<std::string>{"power", "process"}), durability.words);
  EXPECT_EQ("\"power\"", durability.otherwise);
  const KeyFacts& width = facts().at("panel").at("width");
  EXPECT_EQ(KeyType::kInteger, width.types);
  EXPECT_EQ(1, width.minimum);
  EXPECT_EQ(24, width.maximum);
  EXPECT_EQ("12", width.otherwise);
  EXPECT_THAT(facts().at("source").at("format").words, Contains("klog"));
  EXPECT_THAT(facts().at("source").at("format").words, Contains("sqlite"));
  EXPECT_TRUE(has_type(facts().at("source.format").at("pattern").types, KeyType::kText));
  EXPECT_TRUE(facts().at("metric").at("name").required);
  EXPECT_FALSE(facts().at("slo").at("period").required);
}

TEST(KeyExplorer, FindsOutWhatEachKeyTakes) {
  for (const auto& [table, keys] : facts()) {
    for (const auto& [key, of_key] : keys) {
      EXPECT_NE(KeyType::kNone, of_key.types) << table << "." << key;
    }
  }
}

TEST(KeyLines, EachKeyHasALineAndEachLineAKey) {
  std::set<std::string_view> unused;
  for (const std::string_view key : lined_keys()) {
    EXPECT_TRUE(unused.insert(key).second) << key << " has two lines";
  }
  unused.erase("include");
  unused.erase("defaults");
  for (const auto& [table, keys] : facts()) {
    for (const auto& [key, of_key] : keys) {
      const std::string path = table + "." + key;
      const std::string_view end = lined_end(path);
      EXPECT_THAT(key_line(path), Not(IsEmpty())) << path;
      for (auto line = unused.begin(); line != unused.end();) {
        line = *line == end ? unused.erase(line) : std::next(line);
      }
    }
  }
  EXPECT_THAT(unused, IsEmpty());
  for (const ConfigSection& section : config_sections()) {
    EXPECT_THAT(section_line(section.name), Not(IsEmpty())) << section.name;
  }
}

}  // namespace
}  // namespace leeway
