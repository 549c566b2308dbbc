#include "agent/config/variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "agent/config/toml_reader.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;

class VariablesTest : public ::testing::Test {
 protected:
  // The text after replacement, or the message of the error.
  std::string replace(std::string_view text) {
    const Expected<std::string> replaced = variables_.replace(text);
    return replaced ? *replaced : "error: " + replaced.error().message;
  }

  std::map<std::string, std::string> environment_ = {
      {"DIR", "/var/log"}, {"EMPTY", ""}, {"_a1", "under"}, {"NESTED", "${DIR}$1"}, {"LATIN", "caf\xE9"}};
  Variables variables_{[this](const std::string& name) {
    const auto found = environment_.find(name);
    return found == environment_.end() ? std::nullopt : std::optional<std::string>(found->second);
  }};
};

TEST_F(VariablesTest, AreReplacedAnywhereInAText) {
  EXPECT_EQ(replace("${DIR}"), "/var/log");
  EXPECT_EQ(replace("${DIR}/app-${_a1}.log"), "/var/log/app-under.log");
  EXPECT_EQ(replace("é${DIR}${DIR}ü"), "é/var/log/var/logü");
  EXPECT_EQ(replace("[${EMPTY}]"), "[]");
}

TEST_F(VariablesTest, ADefaultAppliesIfUnsetOrEmpty) {
  EXPECT_EQ(replace("${NONE:-/tmp}/x"), "/tmp/x");
  EXPECT_EQ(replace("${EMPTY:-/tmp}/x"), "/tmp/x");
  EXPECT_EQ(replace("${DIR:-/tmp}/x"), "/var/log/x");
  EXPECT_EQ(replace("[${NONE:-}]"), "[]");
  EXPECT_EQ(replace("${NONE:-a:-b $1 \"q\"}"), "a:-b $1 \"q\"");
}

TEST_F(VariablesTest, ALiteralIsWrittenWithTwoDollars) {
  EXPECT_EQ(replace("$${DIR}"), "${DIR}");
  EXPECT_EQ(replace("$${NONE:-x} ${DIR}"), "${NONE:-x} /var/log");
  EXPECT_EQ(replace("$$${DIR}"), "$${DIR}");
  EXPECT_EQ(replace("$${"), "${");
}

TEST_F(VariablesTest, OtherDollarsStay) {
  for (const char* const text :
       {"", "$", "$$", "^a$", "a$|b$", "$1 and $2", "$DIR", "$value", "$(DIR)", "{DIR}", "${1}", "x${2,3}", "${",
        "cost: $", "sum(x[$__rate_interval])", "${.a}", "$ {DIR}", "}"}) {
    EXPECT_EQ(replace(text), text);
  }
  EXPECT_TRUE(variables_.used().empty());
}

TEST_F(VariablesTest, ValuesAndDefaultsAreNotSearched) {
  EXPECT_EQ(replace("${NESTED}"), "${DIR}$1");
  EXPECT_EQ(replace("${NONE:-$DIR}"), "$DIR");
}

TEST_F(VariablesTest, AnUnsetVariableIsAnError) {
  EXPECT_EQ(replace("a${NONE}"),
            "error: the environment variable NONE is not set; expected it to be set, or ${NONE:-default}, or $${NONE} "
            "for this text itself");
}

TEST_F(VariablesTest, WhatMayBeMeantAsOneIsAnError) {
  const auto wrong = [](const std::string& shown) {
    return "error: '" + shown +
           "' is not a variable of the environment; expected ${NAME} or ${NAME:-default}, or $${ for the text ${ "
           "itself";
  };
  for (const char* const text : {"${}", "${ DIR }", "${DIR-x}", "${DIR:x}", "${DIR:?x}", "${DIR.x}", "${DIR }", "${DIR",
                                 "${DIR:-x", "${a:number}", "${\tA}", "${DIR$}"}) {
    EXPECT_EQ(replace(text), wrong(text));
  }
  EXPECT_EQ(replace("x ${NONE:-${DIR}} y"), wrong("${NONE:-${DIR}"));
  EXPECT_EQ(replace("${A" + std::string(100, ' ')), wrong("${A" + std::string(37, ' ')));
}

TEST_F(VariablesTest, AValueMustBeText) {
  EXPECT_EQ(replace("${LATIN}"), "error: the value of the environment variable LATIN is not valid UTF-8");
}

TEST_F(VariablesTest, NamesThatWereUsed) {
  (void)replace("${DIR} ${NONE:-x} ${EMPTY:-y} $${LITERAL} ${MISSING}");
  (void)replace("${DIR:-z}");
  EXPECT_EQ(variables_.used(), (std::map<std::string, bool>{{"DIR", true}, {"EMPTY", false}, {"NONE", false}}));
}

TEST_F(VariablesTest, AreInStringsOnly) {
  Diagnostics diagnostics;
  const ConfigTable table =
      parse_toml("# ${NONE}\n'${NONE}' = '${DIR}'\nlist = ['${DIR:-d}', { k = \"$${DIR}\" }]\nn = 1\n", "t.toml",
                 diagnostics, &variables_);
  EXPECT_EQ(diagnostics.to_string(), "");
  // Without variables all strings stay as they are.
  const ConfigTable expected =
      parse_toml("'${NONE}' = '/var/log'\nlist = ['/var/log', { k = '${DIR}' }]\nn = 1\n", "t.toml", diagnostics);
  EXPECT_EQ(ConfigValue(table, {}, {}).canonical(), ConfigValue(expected, {}, {}).canonical());
}

TEST_F(VariablesTest, ErrorsHaveThePositionOfTheirString) {
  Diagnostics diagnostics;
  (void)parse_toml("a = 1\nb = [\n  'x',\n  '${NONE}']\n[c]\nd = '${ DIR }'\n", "t.toml", diagnostics, &variables_);
  ASSERT_EQ(diagnostics.errors().size(), 2U);
  EXPECT_THAT(diagnostics.to_string(), HasSubstr("t.toml:4:3: error: the environment variable NONE is not set; "));
  EXPECT_THAT(diagnostics.to_string(), HasSubstr("t.toml:6:5: error: '${ DIR }' is not a variable"));
}

// Before files are merged: entries are the same component if their names are after replacement.
TEST_F(VariablesTest, InPathsAndNamesOfIncludedFiles) {
  MemoryFileSystem files;
  files.append("/conf/main.toml", "include = ['packs/${_a1}.toml']\n[[metric]]\nname = 'x'\nhelp = 'ours'\n");
  files.append("/conf/packs/under.toml", "[[metric]]\nname = '${NONE:-x}'\nhelp = 'theirs'\n");
  Diagnostics diagnostics;
  const ConfigTable config = read_toml(files, "/conf/main.toml", diagnostics, &variables_);
  EXPECT_EQ(diagnostics.to_string(), "");
  const ConfigArray& metrics = *config.find("metric")->get_if<ConfigArray>();
  ASSERT_EQ(metrics.size(), 1U);
  EXPECT_EQ(*metrics[0].get_if<ConfigTable>()->find("help")->get_if<std::string>(), "ours");
}

}  // namespace
}  // namespace leeway
