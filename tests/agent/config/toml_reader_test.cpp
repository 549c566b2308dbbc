#include "agent/config/toml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Parsed {
  explicit Parsed(std::string_view text) : table(parse_toml(text, "t.toml", diagnostics)) {}

  Diagnostics diagnostics;
  ConfigTable table;
};

std::string canonical(const ConfigTable& table) { return ConfigValue(table, {}, {}).canonical(); }

const ConfigTable& entry(const ConfigTable& table, std::string_view section, std::size_t index) {
  return *table.find(section)->get_if<ConfigArray>()->at(index).get_if<ConfigTable>();
}

std::string text(const ConfigTable& table, std::string_view key) {
  const ConfigValue* const value = table.find(key);
  return value == nullptr                          ? "(none)"
         : value->get_if<std::string>() == nullptr ? "(other)"
                                                   : *value->get_if<std::string>();
}

TEST(TomlReader, SaysWhatWasMeant) {
  const auto message = [](std::string_view text) { return Parsed(text).diagnostics.to_string(); };
  EXPECT_THAT(message("a = 1\n[[metric]]\ntype = counter\nb = 2\n"),
              AllOf(StartsWith("t.toml:3:8: error: "), HasSubstr("; expected quotes: type = \"counter\"\n")));
  EXPECT_THAT(message("type = fast # x"), HasSubstr("; expected quotes: type = \"fast\""));
  EXPECT_THAT(message("pattern = \"^\\S+\"\n"),
              HasSubstr("; expected single quotes, in which a backslash is one: pattern = '^\\S+'\n"));
  EXPECT_THAT(message("a = [\"\\d\", \"b\"]\n"), HasSubstr("; expected single quotes, in which a backslash is one\n"));
  EXPECT_THAT(message("a = \n"), Not(HasSubstr("expected quotes")));
  EXPECT_THAT(message("a = \"x\n"), Not(HasSubstr("expected quotes")));
  EXPECT_THAT(message("a = true\na = nan\n"), Not(HasSubstr("expected quotes")));
  EXPECT_THAT(message("good = \"level == \"x\"\"\n"),
              HasSubstr("; expected single quotes outside: good = 'level == \"x\"'\n"));
  EXPECT_THAT(message("type = \xE2\x80\x9C"
                      "counter\xE2\x80\x9D\n"),
              HasSubstr("; expected straight quotes"));
  EXPECT_THAT(message("labels = { status = status }\n"), HasSubstr("; expected quotes: status = \"status\"\n"));
  EXPECT_THAT(message("labels = { a = \"a\", b = b }\n"), HasSubstr("; expected quotes: b = \"b\"\n"));
  EXPECT_THAT(message("source:\n  - name: app\n"), HasSubstr("; this looks like YAML"));
  EXPECT_THAT(message("[metric]\nname = \"a\"\n[[metric]]\nname = \"b\"\n"),
              AllOf(StartsWith("t.toml:3:"), HasSubstr("; expected [[metric]] in line 1, which says [metric], too\n")));
  EXPECT_THAT(message("[[metric]]\nname = \"a\"\n[metric]\nname = \"b\"\n"),
              HasSubstr("; expected [[metric]], as in line 1\n"));
}

TEST(TomlReader, EveryTypeWithItsPositions) {
  const Parsed parsed("a = \"x\"\n  b = 1\nc = 1.5\nd = true\ne = [1, \"y\"]\n[f]\ng.h = { i = 2 }\n");
  EXPECT_EQ(parsed.diagnostics.to_string(), "");
  const char* const kTypes[] = {"a string", "an integer", "a number", "a boolean", "an array", "a table"};
  const char* const kKeys[] = {"a", "b", "c", "d", "e", "f"};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(parsed.table.entries().at(i).first, kKeys[i]);
    EXPECT_EQ(parsed.table.find(kKeys[i])->type_name(), kTypes[i]);
    EXPECT_EQ(parsed.table.find(kKeys[i])->key_position().line, i + 1);
  }
  const ConfigValue& b = *parsed.table.find("b");
  EXPECT_EQ(b.key_position().to_string(), "t.toml:2:3");
  EXPECT_EQ(b.position().to_string(), "t.toml:2:7");
  const ConfigArray& e = *parsed.table.find("e")->get_if<ConfigArray>();
  EXPECT_EQ(e.at(1).position().to_string(), "t.toml:5:9");
  const ConfigTable& g = *parsed.table.find("f")->get_if<ConfigTable>()->find("g")->get_if<ConfigTable>();
  EXPECT_EQ(g.find("h")->get_if<ConfigTable>()->find("i")->position().to_string(), "t.toml:7:13");
}

TEST(TomlReader, KeysInTheOrderOfTheFile) {
  const Parsed parsed("z = 1\na = 2\n[m]\ny = 1\nb = 2\n[c]\n");
  std::string order;
  for (const auto& [key, value] : parsed.table.entries()) {
    order += key;
  }
  EXPECT_EQ(order, "zamc");
}

TEST(TomlReader, SyntaxErrorsHaveAPosition) {
  const struct {
    const char* text;
    std::uint32_t line;
  } kCases[] = {
      {"a = \n", 1},        {"a = 1\nb = [1, 2\n", 2}, {"a = 1\n\nb = \"x\n", 3},         {"a = 1\na = 2\n", 2},
      {"[a]\n[a]\n", 2},    {"a = 1\n[a]\n", 2},       {"a = 99999999999999999999\n", 1}, {"= 1\n", 1},
      {"a = 1 b = 2\n", 1}, {"a = \"\xFF\"\n", 1},     {"a = 1\nb = \"\\q\"\n", 2}};
  for (const auto& [source, line] : kCases) {
    const Parsed parsed(source);
    const std::vector<Error> errors = parsed.diagnostics.errors();
    ASSERT_EQ(errors.size(), 1U) << source;
    EXPECT_EQ(errors[0].position.file, "t.toml");
    EXPECT_GE(errors[0].position.line, line) << source << parsed.diagnostics.to_string();
    EXPECT_LE(errors[0].position.line, line + 1) << source << parsed.diagnostics.to_string();
    EXPECT_GE(errors[0].position.column, 1U) << source;
    EXPECT_FALSE(errors[0].message.empty());
  }
}

TEST(TomlReader, DeepNestingIsAnErrorAndNotTheEndOfTheStack) {
  std::string key = "a";
  for (int i = 0; i < 200'000; ++i) {
    key += ".a";
  }
  EXPECT_EQ(Parsed("x = 1\n[" + key + "]\n").diagnostics.to_string(),
            "t.toml:2:1: error: more than 1000 dots in one line\n");
  EXPECT_EQ(Parsed(key + " = 1\n").diagnostics.to_string(), "t.toml:1:1: error: more than 1000 dots in one line\n");
  EXPECT_EQ(Parsed(key.substr(0, 2001) + " = 1\n").diagnostics.to_string(), "");
  EXPECT_EQ(Parsed("x = " + std::string(100'000, '[')).diagnostics.errors().size(), 1U);
}

TEST(TomlReader, ByteOrderMarkAndCarriageReturnsChangeNothing) {
  const Parsed plain("a = 1\n[b]\nc = \"x\"\n");
  const Parsed marked(
      "\xEF\xBB\xBF"
      "a = 1\r\n[b]\r\nc = \"x\"\r\n");
  EXPECT_EQ(marked.diagnostics.to_string(), "");
  EXPECT_EQ(canonical(marked.table), canonical(plain.table));
  EXPECT_EQ(marked.table.find("a")->key_position().to_string(), "t.toml:1:1");
  EXPECT_EQ(marked.table.find("b")->get_if<ConfigTable>()->find("c")->position().to_string(), "t.toml:3:5");
  EXPECT_EQ(Parsed("\xEF\xBB\xBF").diagnostics.to_string(), "");
  EXPECT_EQ(Parsed("").diagnostics.to_string(), "");
}

TEST(TomlReader, DatesAndTimesAreRefusedAllOfThem) {
  const Parsed parsed("a = 2025-08-25\nb = 19:27:04\n[c]\nd = [2025-08-25T19:27:04Z]\ne = 1\n");
  const std::string report = parsed.diagnostics.to_string();
  EXPECT_THAT(report, HasSubstr("t.toml:1:5: error: dates and times"));
  EXPECT_THAT(report, HasSubstr("t.toml:2:5: error: dates and times"));
  EXPECT_THAT(report, HasSubstr("t.toml:4:6: error: dates and times"));
  EXPECT_EQ(parsed.diagnostics.errors().size(), 3U);
}

TEST(TomlReader, CanonicalTextIsFreeOfLayout) {
  const std::string reference =
      canonical(Parsed("[m]\nname = 'x'\nlabels = ['a', 'b']\nvalue = { p = 1, q = 2.5 }\n").table);
  for (const char* same :
       {"[m]\nlabels = [\n  \"a\", # first\n  \"b\",\n]\nname = \"x\"\n[m.value]\nq = 2.50\np = 0x1\n",
        "m.name = \"\"\"x\"\"\"\nm.value.q = 25e-1\nm.value.p = 1\nm.labels = ['a', \"\\u0062\"]\n"}) {
    const Parsed parsed(same);
    EXPECT_EQ(parsed.diagnostics.to_string(), "");
    EXPECT_EQ(canonical(parsed.table), reference);
  }
}

TEST(TomlReader, CanonicalTextTellsDifferentValuesApart) {
  const char* const kDifferent[] = {"a = 1",
                                    "a = 1.0",
                                    "a = '1'",
                                    "a = true",
                                    "a = 'true'",
                                    "a = [1]",
                                    "a = [[1]]",
                                    "a = []",
                                    "a = {}",
                                    "a = ''",
                                    "a = [1, 2]",
                                    "a = [2, 1]",
                                    "a = ['1,i2']",
                                    "a = ['', 's0:']",
                                    "a = ['s0:', '']",
                                    "a = 'i1'",
                                    "a = { b = 1 }",
                                    "a = { b = 2 }",
                                    "a = ['b', 1]",
                                    "b = 1",
                                    "a = -1",
                                    "a = 9007199254740993",
                                    "a = 9007199254740992.0",
                                    "a = nan",
                                    "a = inf"};
  std::set<std::string> seen;
  for (const char* source : kDifferent) {
    const Parsed parsed(source);
    ASSERT_EQ(parsed.diagnostics.to_string(), "");
    EXPECT_TRUE(seen.insert(canonical(parsed.table)).second) << source;
  }
}

TEST(TomlReader, DefaultsFillWhatAnEntryLacks) {
  const Parsed parsed(
      "[defaults.metric]\nsource = 'app'\nexpire = '1h'\n"
      "[defaults.metric.histogram]\nexpire = '2h'\nbuckets = [1, 2]\n"
      "[[metric]]\ntype = 'counter'\nexpire = '3h'\n"
      "[[metric]]\ntype = 'histogram'\n"
      "[[metric]]\nname = 'x'\n");
  EXPECT_EQ(parsed.diagnostics.to_string(), "");
  EXPECT_EQ(parsed.table.find("defaults"), nullptr);
  EXPECT_EQ(text(entry(parsed.table, "metric", 0), "source"), "app");
  EXPECT_EQ(text(entry(parsed.table, "metric", 0), "expire"), "3h");
  EXPECT_EQ(entry(parsed.table, "metric", 0).find("buckets"), nullptr);
  EXPECT_EQ(text(entry(parsed.table, "metric", 1), "source"), "app");
  EXPECT_EQ(text(entry(parsed.table, "metric", 1), "expire"), "2h");
  EXPECT_NE(entry(parsed.table, "metric", 1).find("buckets"), nullptr);
  EXPECT_EQ(text(entry(parsed.table, "metric", 2), "expire"), "1h");
  // An error in a default is reported where it was written.
  EXPECT_EQ(entry(parsed.table, "metric", 2).find("expire")->position().to_string(), "t.toml:3:10");
}

TEST(TomlReader, ADefaultTypeBringsItsOwnDefaults) {
  const Parsed parsed(
      "[defaults.metric]\ntype = 'gauge'\n[defaults.metric.gauge]\nexpire = '2h'\n[[metric]]\nname = 'x'\n");
  EXPECT_EQ(parsed.diagnostics.to_string(), "");
  EXPECT_EQ(text(entry(parsed.table, "metric", 0), "type"), "gauge");
  EXPECT_EQ(text(entry(parsed.table, "metric", 0), "expire"), "2h");
}

TEST(TomlReader, DefaultsThatApplyToNothingAreNoted) {
  const Parsed parsed(
      "[defaults.metrik]\na = 1\n[defaults.agent]\na = 1\n[defaults.metric.countr]\na = 1\n[agent]\n[[metric]]\ntype = "
      "'counter'\n");
  EXPECT_FALSE(parsed.diagnostics.has_errors());
  const std::string report = parsed.diagnostics.to_string();
  EXPECT_THAT(report, HasSubstr("t.toml:1:11: warning: [defaults.metrik] applies to nothing"));
  EXPECT_THAT(report, HasSubstr("t.toml:3:11: warning: [defaults.agent] applies to nothing"));
  EXPECT_THAT(report, HasSubstr("t.toml:5:18: warning: [defaults.metric.countr] applies to nothing"));
}

TEST(TomlReader, DefaultsOfTheWrongType) {
  EXPECT_EQ(Parsed("defaults = 1\n").diagnostics.to_string(),
            "t.toml:1:12: error: 'defaults' is an integer; expected tables such as [defaults.metric]\n");
  EXPECT_EQ(Parsed("[defaults]\nmetric = 'x'\n[[metric]]\n").diagnostics.to_string(),
            "t.toml:2:10: error: 'defaults.metric' is a string; expected a table, [defaults.metric]\n");
}

class Includes : public ::testing::Test {
 protected:
  ConfigTable read(const std::string& path = "/conf/main.toml") { return read_toml(files_, path, diagnostics_); }
  std::string report() const { return diagnostics_.to_string(); }

  MemoryFileSystem files_;
  Diagnostics diagnostics_;
};

TEST_F(Includes, PathsAreRelativeToTheIncludingFile) {
  files_.append("/conf/main.toml", "include = ['packs/a.toml', '/other/b.toml']\n[[metric]]\nname = 'main'\n");
  files_.append("/conf/packs/a.toml", "include = ['c.toml']\n[[metric]]\nname = 'a'\n");
  files_.append("/conf/packs/c.toml", "[[metric]]\nname = 'c'\n");
  files_.append("/other/b.toml", "[[metric]]\nname = 'b'\n");
  const ConfigTable config = read();
  EXPECT_EQ(report(), "");
  EXPECT_EQ(config.find("include"), nullptr);
  const char* const kOrder[] = {"c", "a", "b", "main"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(text(entry(config, "metric", i), "name"), kOrder[i]);
  }
  EXPECT_EQ(entry(config, "metric", 0).find("name")->position().to_string(), "/conf/packs/c.toml:2:8");
}

TEST_F(Includes, TheIncludingFileWins) {
  files_.append("/conf/main.toml",
                "include = ['base.toml']\n[agent]\nlog = 'debug'\n"
                "[[metric]]\nname = 'x'\nhelp = 'ours'\n[[metric]]\nname = 'new'\n");
  files_.append("/conf/base.toml",
                "[agent]\nlog = 'info'\nstate = '/s'\n"
                "[[metric]]\nname = 'x'\ntype = 'counter'\nhelp = 'theirs'\n[[metric]]\nname = 'y'\n");
  const ConfigTable config = read();
  EXPECT_EQ(report(), "");
  const ConfigTable& agent = *config.find("agent")->get_if<ConfigTable>();
  EXPECT_EQ(text(agent, "log"), "debug");
  EXPECT_EQ(text(agent, "state"), "/s");
  ASSERT_EQ(config.find("metric")->get_if<ConfigArray>()->size(), 3U);
  EXPECT_EQ(text(entry(config, "metric", 0), "help"), "ours");
  EXPECT_EQ(text(entry(config, "metric", 0), "type"), "counter");
  EXPECT_EQ(entry(config, "metric", 0).find("help")->position().to_string(), "/conf/main.toml:6:8");
  EXPECT_EQ(text(entry(config, "metric", 1), "name"), "y");
  EXPECT_EQ(text(entry(config, "metric", 2), "name"), "new");
}

TEST_F(Includes, TheSameNameWithAnotherTypeIsAnotherComponent) {
  files_.append("/conf/main.toml", "include = ['base.toml']\n[[metric]]\nname = 'x'\ntype = 'gauge'\n");
  files_.append("/conf/base.toml", "[[metric]]\nname = 'x'\ntype = 'counter'\n");
  EXPECT_EQ(read().find("metric")->get_if<ConfigArray>()->size(), 2U);
}

// The user of the tree reports it.
TEST_F(Includes, ANameUsedTwiceInOneFileStaysThereTwice) {
  files_.append("/conf/main.toml", "include = ['base.toml']\n[[metric]]\nname = 'x'\n[[metric]]\nname = 'x'\n");
  EXPECT_EQ((files_.append("/conf/base.toml", "[[metric]]\nname = 'y'\n"),
             read().find("metric")->get_if<ConfigArray>()->size()),
            3U);
  files_.write("/conf/base.toml", "[[metric]]\nname = 'x'\n");
  EXPECT_EQ(read().find("metric")->get_if<ConfigArray>()->size(), 2U);
  files_.write("/conf/base.toml", "[[metric]]\nname = 'x'\n[[metric]]\nname = 'x'\n[[metric]]\nname = 'x'\n");
  EXPECT_EQ(read().find("metric")->get_if<ConfigArray>()->size(), 3U);
}

TEST_F(Includes, DefaultsOfTheIncludingFileApplyToIncludedEntries) {
  files_.append("/conf/main.toml", "include = ['base.toml']\n[defaults.metric]\nexpire = '1h'\n");
  files_.append("/conf/base.toml", "[defaults.metric]\nexpire = '2h'\nsource = 'app'\n[[metric]]\nname = 'x'\n");
  const ConfigTable config = read();
  EXPECT_EQ(report(), "");
  EXPECT_EQ(text(entry(config, "metric", 0), "expire"), "1h");
  EXPECT_EQ(text(entry(config, "metric", 0), "source"), "app");
}

TEST_F(Includes, EachFileOnce) {
  files_.append("/conf/main.toml", "include = ['a.toml', 'b.toml', './a.toml', 'x/../a.toml']\n");
  files_.append("/conf/a.toml", "include = ['c.toml']\n[[metric]]\n");
  files_.append("/conf/b.toml", "include = ['c.toml']\n[[metric]]\n");
  files_.append("/conf/c.toml", "[[metric]]\n");
  const ConfigTable config = read();
  EXPECT_EQ(report(), "");
  EXPECT_EQ(config.find("metric")->get_if<ConfigArray>()->size(), 3U);
}

TEST_F(Includes, ACycleIsAnErrorAtTheInclude) {
  files_.append("/conf/main.toml", "include = ['a.toml']\nx = 1\n");
  files_.append("/conf/a.toml", "include = [\n  'main.toml']\ny = 1\n");
  const ConfigTable config = read();
  EXPECT_EQ(report(), "/conf/a.toml:2:3: error: '/conf/main.toml' includes itself, directly or through others\n");
  EXPECT_NE(config.find("x"), nullptr);
  EXPECT_NE(config.find("y"), nullptr);
}

TEST_F(Includes, ACycleIsFoundUnderAnySpelling) {
  for (const char* self : {"main.toml", "./main.toml", "../conf/main.toml", "/conf/main.toml", "/conf//main.toml"}) {
    files_.write("/conf/main.toml", "include = ['" + std::string(self) + "']\n");
    Diagnostics diagnostics;
    read_toml(files_, "/conf/main.toml", diagnostics);
    EXPECT_EQ(diagnostics.errors().size(), 1U) << self;
    EXPECT_THAT(diagnostics.to_string(), HasSubstr("includes itself"));
  }
}

TEST_F(Includes, AllErrorsOfAllFilesAtOnce) {
  files_.append("/conf/main.toml", "include = ['none.toml', 'broken.toml', 7, 'dates.toml']\n");
  files_.append("/conf/broken.toml", "a = 1\nb = \n");
  files_.append("/conf/dates.toml", "a = 2025-08-25\n");
  read();
  const std::vector<Error> errors = diagnostics_.errors();
  ASSERT_EQ(errors.size(), 4U) << report();
  EXPECT_THAT(errors[0].to_string(), StartsWith("/conf/broken.toml:2:"));
  EXPECT_THAT(errors[1].to_string(), StartsWith("/conf/dates.toml:1:5: dates"));
  EXPECT_THAT(errors[2].to_string(), StartsWith("/conf/main.toml:1:12: "));
  EXPECT_THAT(errors[2].message, HasSubstr("'/conf/none.toml'"));
  EXPECT_EQ(errors[3].to_string(), "/conf/main.toml:1:40: 'include' holds an integer; expected paths only");
}

TEST_F(Includes, ALoneStringIsNoList) {
  files_.append("/conf/main.toml", "include = 'a.toml'\nx = 1\n");
  const ConfigTable config = read();
  EXPECT_EQ(report(), "/conf/main.toml:1:11: error: 'include' is a string; expected an array of paths\n");
  EXPECT_EQ(config.find("include"), nullptr);
  EXPECT_NE(config.find("x"), nullptr);
}

TEST_F(Includes, TextInMemoryIncludesNothing) {
  EXPECT_EQ(Parsed("include = ['a.toml']\n").diagnostics.to_string(),
            "t.toml:1:11: error: 'include' is only allowed in files; this text is not from a file\n");
}

TEST_F(Includes, UnreadableFiles) {
  files_.append("/conf/secret.toml", "a = 1\n");
  files_.set_readable("/conf/secret.toml", false);
  files_.append("/conf/directory/x", "");
  files_.make_fifo("/conf/fifo");
  files_.append("/conf/flaky.toml", "a = 1\n");
  files_.fail(FileOperation::kRead, EIO, "flaky");
  for (const char* path :
       {"/conf/none.toml", "/conf/secret.toml", "/conf/directory", "/conf/fifo", "/conf/flaky.toml"}) {
    Diagnostics diagnostics;
    const ConfigTable config = read_toml(files_, path, diagnostics);
    EXPECT_TRUE(config.entries().empty());
    ASSERT_EQ(diagnostics.errors().size(), 1U) << path;
    EXPECT_THAT(diagnostics.to_string(), HasSubstr(path));
  }
}

TEST_F(Includes, AFileThatNobodyWroteByHand) {
  files_.append("/conf/main.toml", "a = 1\n");
  files_.truncate("/conf/main.toml", 17 << 20);
  read();
  EXPECT_THAT(report(), HasSubstr("larger than 16 MiB"));
}

TEST_F(Includes, ALogInsteadOfAConfiguration) {
  files_.append("/conf/orders.json.log", "2026-11-28 10:00:00 INFO started\n");
  files_.append("/conf/orders", "\n{\"a\": 1}\n");
  files_.append("/conf/main.conf", "a = = 1\n");
  for (const char* const path : {"/conf/orders.json.log", "/conf/orders"}) {
    Diagnostics diagnostics;
    read_toml(files_, path, diagnostics);
    EXPECT_THAT(diagnostics.to_string(),
                HasSubstr("this looks like a log: `leeway init " + std::string(path) + "` proposes"))
        << path;
  }
  Diagnostics diagnostics;
  read_toml(files_, "/conf/main.conf", diagnostics);
  EXPECT_THAT(diagnostics.to_string(), Not(HasSubstr("log")));
}

TEST_F(Includes, AFileReadInPieces) {
  files_.append("/conf/main.toml", "a = 1\nb = 2\n");
  files_.set_read_limit(3);
  EXPECT_EQ(read().entries().size(), 2U);
}

}  // namespace
}  // namespace leeway
