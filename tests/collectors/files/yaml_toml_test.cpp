// YAML and TOML documents: read as the JSON document of the same content, within the same limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collectors/files/yaml_loader.h"
#include "tests/collectors/files/file_fixture.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct DocumentOutcome {
  std::vector<std::string> rows;
  std::string reason;
};

DocumentOutcome read_as(const std::string& format, const std::vector<std::string>& fields, std::string_view content,
                        const std::string& keys = "") {
  FileWorld world("path = '/data/d'\nformat = '" + format + "'\n" + keys, fields);
  world.files.write("/data/d", content);
  world.look();
  world.look();
  const SourceStatus status = world.status();
  return {world.take_rows(), status.versions->rejects.empty() ? "" : status.versions->rejects.begin()->first};
}

constexpr std::string_view kWeights = R"(# of a scoring engine
version: "1.0"
frozen: yes
calibrated: true
weights:
  digital: .25
  operations: 0.2
  big: 1e3
  none: ~
  empty:
history: [{at: 2026-03-01, by: 007}, {at: 'x: y', by: +0x10}]
text: |
  two
  lines
)";

TEST(Yaml, ScalarsFollowTheCoreSchema) {
  EXPECT_THAT(read_as("yaml",
                      {"version", "frozen", "calibrated", "weights.digital", "weights.big", "weights.none",
                       "weights.empty", "history[0].at", "history[0].by", "history[1].at", "history[1].by", "text"},
                      kWeights)
                  .rows,
              ElementsAre("'1.0' 'yes' true 0.25 1000. null null '2026-03-01' 7 'x: y' '+0x10' 'two\nlines\n'"));
}

TEST(Yaml, RecordsAreFoundAsInJson) {
  EXPECT_THAT(read_as("yaml", {"component", "value", "doc.version"}, kWeights,
                      "records = 'weights.*'\nkey = 'component'\nparents = 'doc'")
                  .rows,
              ElementsAre("'digital' 0.25 '1.0'", "'operations' 0.2 '1.0'", "'big' 1000. '1.0'", "'none' null '1.0'",
                          "'empty' null '1.0'"));
}

TEST(Yaml, PlainScalars) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"True", "true"},
                                                                  {"FALSE", "false"},
                                                                  {"no", "\"no\""},
                                                                  {"NULL", "null"},
                                                                  {"12", "12"},
                                                                  {"-0", "-0"},
                                                                  {"+12", "12"},
                                                                  {"012", "12"},
                                                                  {"0o17", "15"},
                                                                  {"0xfF", "255"},
                                                                  {"0x8000000000000000", "9223372036854775808"},
                                                                  {"+18446744073709551615", "18446744073709551615"},
                                                                  {"0x", "\"0x\""},
                                                                  {"0x-1", "\"0x-1\""},
                                                                  {"1.", "1.0"},
                                                                  {".5", "0.5"},
                                                                  {"-.5e1", "-5.0"},
                                                                  {".", "\".\""},
                                                                  {"-", "\"-\""},
                                                                  {"1e", "\"1e\""},
                                                                  {".inf", "Infinity"},
                                                                  {"-.Inf", "-Infinity"},
                                                                  {".NaN", "NaN"},
                                                                  {"inf", "\"inf\""},
                                                                  {"1_000", "\"1_000\""},
                                                                  {"12:30", "\"12:30\""},
                                                                  {"9223372036854775808", "9223372036854775808"}};
  for (const auto& [text, json] : cases) {
    std::string out;
    append_yaml_scalar(text, out);
    EXPECT_EQ(out, json) << text;
  }
}

TEST(Yaml, AliasesAreWhatTheyName) {
  EXPECT_THAT(read_as("yaml", {"a.x", "b.x", "c[1].x", "d", "&k"},
                      "a: &m {x: &v 1}\nb: *m\nc: [0, *m]\nd: *v\n&s key: &t text\n*s : 1\n")
                  .rows,
              ElementsAre("1 1 1 1 -"));
}

TEST(Yaml, WhatIsWrongIsRefused) {
  EXPECT_EQ(read_as("yaml", {"a"}, "").reason, "empty");
  EXPECT_EQ(read_as("yaml", {"a"}, "# only a comment\n").reason, "empty");
  EXPECT_EQ(read_as("yaml", {"a"}, "a: [1, 2").reason, "syntax");
  EXPECT_EQ(read_as("yaml", {"a"}, "a: 1\n b: 2").reason, "syntax");
  EXPECT_EQ(read_as("yaml", {"a"}, "a: 1\n---\na: 2\n").reason, "several_documents");
  EXPECT_EQ(read_as("yaml", {"a"}, "{[1]: 2}").reason, "syntax");
  EXPECT_EQ(read_as("yaml", {"a"}, "a: &x [*x]").reason, "syntax");
  EXPECT_EQ(read_as("yaml", {"a"}, "a: *none").reason, "syntax");
  EXPECT_EQ(read_as("yaml", {"a"}, std::string(100, '[') + std::string(100, ']')).reason, "too_deep");
  EXPECT_EQ(read_as("yaml", {"a"}, std::string(100'000, '[')).reason, "syntax");  // a list as a key
  std::string dashes;
  for (int i = 0; i < 1000; ++i) {
    dashes += "- ";
  }
  EXPECT_EQ(read_as("yaml", {"a"}, dashes).reason, "too_deep");
  EXPECT_EQ(read_as("yaml", {"a"}, std::string(100'000, '-')).reason, "");  // a string
}

// A billion laughs: each level refers ten times to the previous one.
TEST(Yaml, ABombIsRefusedBeforeItGrows) {
  std::string text = "l0: &l0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n";
  for (int level = 1; level < 20; ++level) {
    const std::string name = "l" + std::to_string(level);
    text += name + ": &" + name + " [";
    for (int i = 0; i < 10; ++i) {
      text += (i == 0 ? "*l" : ", *l") + std::to_string(level - 1);
    }
    text += "]\n";
  }
  const DocumentOutcome outcome = read_as("yaml", {"l0"}, text, "max_size = '1MiB'");
  EXPECT_THAT(outcome.rows, IsEmpty());
  EXPECT_EQ(outcome.reason, "too_large");
}

TEST(Toml, ValuesAreFields) {
  EXPECT_THAT(read_as("toml", {"name", "n", "x", "big", "on", "at", "owner.list[1]", "runs[1].id", "[\"a b\"].c"},
                      "name = 'm\"x'\nn = 9007199254740993\nx = 5.0\nbig = inf\non = true\nat = 2026-03-01T06:00:00Z\n"
                      "\"a b\".c = 0x1F\n[owner]\nlist = [1, 'two']\n[[runs]]\nid = 1\n[[runs]]\nid = 2\n")
                  .rows,
              ElementsAre("'m\"x' 9007199254740993 5. inf true '2026-03-01T06:00:00Z' 'two' 2 31"));
}

TEST(Toml, RecordsAreFoundAsInJson) {
  EXPECT_THAT(
      read_as("toml", {"name", "value"}, "[metrics]\nauc = 0.9\nf1 = 1\n", "records = 'metrics.*'\nkey = 'name'").rows,
      ElementsAre("'auc' 0.9", "'f1' 1"));
}

TEST(Toml, WhatIsWrongIsRefused) {
  EXPECT_EQ(read_as("toml", {"a"}, "a = ").reason, "syntax");
  EXPECT_EQ(read_as("toml", {"a"}, "a = 1\na = 2").reason, "syntax");
  EXPECT_EQ(read_as("toml", {"a"}, "a = 1", "max_size = 4").reason, "too_large");
  EXPECT_EQ(read_as("toml", {"a"}, "a = " + std::string(100, '[') + std::string(100, ']')).reason, "too_deep");
  std::string dots;
  for (int i = 0; i < 100; ++i) {
    dots += "a.";
  }
  EXPECT_EQ(read_as("toml", {"a"}, dots + "a = 1").reason, "too_deep");
  std::string many;
  for (int i = 0; i < 20'000; ++i) {
    many += "a.";
  }
  EXPECT_EQ(read_as("toml", {"a"}, many + "a = 1").reason, "too_deep");
}

}  // namespace
}  // namespace leeway
