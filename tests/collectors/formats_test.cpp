// The table of formats: which one a source has, by its key or by the names of its files, and the error where it has
// none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/toml_reader.h"
#include "agent/core/nearest_word.h"
#include "collectors/builtin.h"
#include "collectors/decode/choose_format.h"
#include "tests/collectors/decode/decode_lines.h"

namespace leeway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Names = std::vector<std::string>;

bool is_for(const FormatKind& kind, FormatUse use) {
  return (static_cast<unsigned>(kind.use) & static_cast<unsigned>(use)) != 0;
}

// The name of the format of a source with these keys and file names; else the errors.
std::string chosen(FormatUse use, const Names& names, const std::string& keys = "") {
  Diagnostics diagnostics;
  const ConfigTable table = parse_toml(keys, "test.toml", diagnostics);
  TableReader reader(table, {}, "[[source]]", diagnostics);
  const FormatKind* const kind = choose_format(reader, builtin_formats(), use, names);
  EXPECT_EQ(kind == nullptr, diagnostics.has_errors());
  reader.report_unused_keys();
  return diagnostics.has_errors() ? diagnostics.to_string() : std::string(kind->name);
}
// All formats for the use, as messages list them.
std::string all_formats(FormatUse use) {
  std::vector<std::string> names;
  for (const FormatKind& kind : builtin_formats()) {
    if (is_for(kind, use)) {
      names.emplace_back(kind.name);
    }
  }
  return quoted_words(names, "or");
}
std::string of_file(const Names& names, const std::string& keys = "") { return chosen(FormatUse::kFiles, names, keys); }
std::string of_log(const Names& names, const std::string& keys = "") { return chosen(FormatUse::kLogs, names, keys); }

TEST(Formats, OfOneKindOfSourceDifferInNameAndExtensions) {
  for (const FormatUse use : {FormatUse::kLogs, FormatUse::kFiles}) {
    std::set<std::string_view> names;
    std::set<std::string_view> extensions;
    for (const FormatKind& kind : builtin_formats()) {
      if (!is_for(kind, use)) {
        continue;
      }
      EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
      for (const std::string_view extension : kind.extensions) {
        EXPECT_TRUE(extension.empty() || extensions.insert(extension).second) << extension;
      }
    }
  }
}

TEST(Formats, EachIsFoundByItsName) {
  for (const FormatKind& kind : builtin_formats()) {
    for (const FormatUse use : {FormatUse::kLogs, FormatUse::kFiles}) {
      if (is_for(kind, use)) {
        EXPECT_EQ(chosen(use, {"/data/x"}, "format = '" + std::string(kind.name) + "'"), kind.name);
      }
    }
  }
}

// The rows that `leeway formats` shows. Those of templates are tested in tests/collectors/text.
TEST(Formats, EachSaysItsFieldsAndItsSampleIsRead) {
  for (const FormatKind& kind : builtin_formats()) {
    EXPECT_NE(kind.fields.empty(), kind.pattern.empty()) << kind.name;
    if (kind.sample.empty()) {
      continue;
    }
    Diagnostics diagnostics;
    const ConfigTable table = parse_toml("", "test.toml", diagnostics);
    TableReader reader(table, {}, "[[source]]", diagnostics);
    TimeKeys time;
    FormatContext context{reader, time};
    const std::unique_ptr<LineFormat> format = kind.read_lines(context);
    LineDecoder lines({"none"}, [&](const Schema& schema) { return format->make_decoder(schema); });
    EXPECT_EQ(lines.decode({std::string(kind.sample)}).rows(), 1U) << kind.name;
  }
}

TEST(Formats, TheKeyCountsMoreThanTheNames) {
  EXPECT_EQ(of_file({"/data/x.csv"}, "format = 'json'"), "json");
  EXPECT_EQ(of_log({"/data/x.jsonl"}, "format = 'regex'"), "regex");
}

TEST(Formats, TheExtensionOfAFileSaysIt) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"scores.csv", "csv"},   {"scores.tsv", "tsv"},       {"scores.parquet", "parquet"},
      {"report.json", "json"}, {"rows.jsonl", "jsonl"},     {"rows.ndjson", "jsonl"},
      {"a.yaml", "yaml"},      {"a.yml", "yaml"},           {"a.toml", "toml"},
      {"models.db", "sqlite"}, {"models.sqlite", "sqlite"}, {"models.sqlite3", "sqlite"}};
  for (const auto& [name, format] : files) {
    EXPECT_EQ(of_file({name}), format) << name;
    EXPECT_EQ(of_file({"/data/v1.2/**/*-" + name}), format) << name;
  }
  EXPECT_EQ(of_file({"/data/EXPORT.CSV"}), "csv");
  EXPECT_EQ(of_file({"a.yaml", "/b/*.yml"}), "yaml");
}

TEST(Formats, ALogOfThatNameIsJsonLines) {
  for (const char* const name : {"app.json", "/log/*.jsonl", "app.ndjson"}) {
    EXPECT_EQ(of_log({name}), "json") << name;
  }
}

TEST(Formats, ALogOfThatNameIsATable) {
  EXPECT_EQ(of_log({"/log/jobs.csv"}), "csv");
  EXPECT_EQ(of_log({"/log/jobs-*.tsv"}), "tsv");
}

TEST(Formats, NamesThatDoNotSayItAreAnsweredWithTheList) {
  for (const char* const name : {"/data/scores", "a.txt", "data.csv/part", "/data/x.*", "x.csv*", "x.", "csv", ""}) {
    EXPECT_THAT(of_file({name}),
                HasSubstr("[[source]]: 'format' is missing, and the file names do not suggest one; expected " +
                          all_formats(FormatUse::kFiles)))
        << name;
  }
  EXPECT_THAT(of_file({}), HasSubstr("do not suggest one"));
  EXPECT_THAT(of_file({"a.csv", "b"}), HasSubstr("do not suggest one"));
  for (const char* const name : {"/log/app.log", "scores.yaml", "a.parquet"}) {
    EXPECT_THAT(of_log({name}), HasSubstr("do not suggest one; expected " + all_formats(FormatUse::kLogs))) << name;
  }
}

TEST(Formats, NamesThatDisagreeAreNamed) {
  EXPECT_THAT(of_file({"a.csv", "b.tsv", "c.csv"}),
              HasSubstr("the file names suggest \"csv\" and \"tsv\"; expected \"json\""));
}

TEST(Formats, AnUnknownOneIsAnsweredWithTheNearestAndTheList) {
  EXPECT_THAT(of_file({"x"}, "format = 'cvs'"),
              AllOf(HasSubstr("test.toml:1:10"), HasSubstr("'format' is \"cvs\"; expected \"json\", \"jsonl\""),
                    HasSubstr("did you mean 'csv'?")));
  EXPECT_THAT(of_log({"x"}, "format = 'jsno'"),
              HasSubstr("'format' is \"jsno\"; expected " + all_formats(FormatUse::kLogs) + "; did you mean 'json'?"));
  EXPECT_THAT(of_log({"x.json"}, "format = 7"),
              HasSubstr("'format' is an integer; expected " + all_formats(FormatUse::kLogs)));
}

TEST(Formats, OneOfTheOtherKindOfSourceIsSaidToBeThat) {
  EXPECT_THAT(of_log({"x"}, "format = 'yaml'"),
              HasSubstr("'format' is \"yaml\", which is for sources of type \"file\"; expected " +
                        all_formats(FormatUse::kLogs) + " for one of type \"log\""));
  EXPECT_THAT(
      of_log({"x"}, "format = 'jsonl'"),
      HasSubstr("'format' is \"jsonl\", which is for sources of type \"file\"; expected \"json\" for one of type "
                "\"log\""));
}

// Only the format knows its keys.
TEST(Formats, WithoutOneNoKeyIsCalledUnknownButAMisspeltFormat) {
  EXPECT_THAT(of_file({"x"}, "format = 'cvs'\ndelimiter = ';'"), Not(HasSubstr("delimiter")));
  EXPECT_THAT(of_file({"x"}, "query = 'SELECT 1'"), Not(HasSubstr("unknown key")));
  EXPECT_THAT(of_file({"x"}, "formt = 'csv'"), AllOf(HasSubstr("missing"), HasSubstr("did you mean 'format'?")));
}

}  // namespace
}  // namespace leeway
