// A [[drift]] whose reference is a data file: read with the configuration, with the same result as if its rows were the
// first of the source.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "agent/config/toml_reader.h"
#include "agent/monitors/drift/drift.h"
#include "agent/pipeline/pipeline.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace leeway {
namespace {

class ReferenceFile : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_ / name; }

  std::string write_rows(const std::string& name, int rows) const {
    std::ofstream out(directory_ / name);
    out << "price,zone\n";
    for (int i = 0; i < rows; ++i) {
      out << std::fmod(i * 0.37, 10) << "," << (i % 3 == 0 ? "north" : "south") << "\n";
    }
    return path(name);
  }

  // The profile that the [[drift]] of a source that reads `data` compares with once everything is read.
  std::optional<DriftProfile> profile(const std::string& reference, const std::string& data) {
    const std::string text =
        "[[source]]\nname = 's'\ntype = 'file'\nformat = 'csv'\npath = '" + data + "'\n" + source_keys_ +
        "[[drift]]\nname = 'd'\ncolumns = ['price', 'zone']\nwindow = { rows = 200 }\nthreshold = 0.1\n" +
        "reference = " + reference + "\n";
    diagnostics_ = {};
    const ConfigTable config = parse_toml(text, "test.toml", diagnostics_);
    FakeClock clock;
    PosixFileSystem files;
    std::optional<Assembly> assembly = assemble(config, {{}, std::nullopt, clock.wall()}, files, diagnostics_);
    if (!assembly) {
      return std::nullopt;
    }
    const auto& drift = dynamic_cast<const DriftMonitor&>(*assembly->sources[0]->monitors[0].monitor);
    Pipeline pipeline(std::move(*assembly), files, clock);
    pipeline.discover();
    pipeline.finish({}, true);
    return drift.profile();
  }
  std::string errors() const { return diagnostics_.to_string(); }

  const TemporaryDirectory directory_;
  std::string source_keys_;
  Diagnostics diagnostics_;
};

TEST_F(ReferenceFile, IsTheReferenceThatItsRowsWouldHaveBecome) {
  const std::string train = write_rows("train.csv", 500);
  const std::string today = write_rows("today.csv", 500);
  const auto of_rows = profile("{ first_rows = 500 }", today);
  const auto of_file = profile("{ file = '" + train + "', format = 'csv' }", today);
  ASSERT_TRUE(of_rows) << errors();
  ASSERT_TRUE(of_file) << errors();
  EXPECT_EQ(of_file->id(), of_rows->id());
  EXPECT_EQ(of_file->columns.at("price").rows, 500U);
}

// What stands for null in the source does so in the reference, unless that says otherwise.
TEST_F(ReferenceFile, HasTheNullsOfItsSource) {
  std::ofstream(directory_ / "train.csv") << [] {
    std::string text = "price,zone\n";
    for (int i = 0; i < 200; ++i) {
      text += i % 4 == 0 ? "-999,none\n" : "\"1,0" + std::to_string(10 + i % 50) + "\",north\n";
    }
    return text;
  }();
  const std::string today = write_rows("today.csv", 10);
  const std::string reference = "{ file = '" + path("train.csv") + "', format = 'csv'";
  source_keys_ = "null_values = ['-999', 'none']\nthousands = ','\nquoted_numbers = true\n";
  const auto of_source = profile(reference + " }", today);
  ASSERT_TRUE(of_source) << errors();
  EXPECT_EQ(of_source->columns.at("price").value_rows(), 150U);
  EXPECT_EQ(of_source->columns.at("price").facts.numbers, 150U);
  EXPECT_EQ(of_source->columns.at("zone").value_rows(), 150U);
  const auto of_its_own = profile(reference + ", null_values = ['none'] }", today);
  ASSERT_TRUE(of_its_own) << errors();
  EXPECT_EQ(of_its_own->columns.at("price").value_rows(), 200U);
}

TEST_F(ReferenceFile, OfAnotherFormatAndSeveralFiles) {
  std::ofstream(directory_ / "a.jsonl") << [] {
    std::string text;
    for (int i = 0; i < 150; ++i) {
      text += "{\"price\": " + std::to_string(i) + ", \"zone\": \"north\"}\n";
    }
    return text;
  }();
  std::filesystem::copy_file(directory_ / "a.jsonl", directory_ / "b.jsonl");
  const auto of_files = profile("{ file = '" + path("*.jsonl") + "', format = 'jsonl' }", write_rows("now.csv", 10));
  ASSERT_TRUE(of_files) << errors();
  const auto by_name = profile("{ file = '" + path("*.jsonl") + "' }", write_rows("now.csv", 10));
  ASSERT_TRUE(by_name) << errors();
  EXPECT_EQ(by_name->id(), of_files->id());
  EXPECT_EQ(of_files->columns.at("price").rows, 300U);
}

TEST_F(ReferenceFile, ThatCannotBeReadIsAnErrorOfTheConfiguration) {
  const std::string today = write_rows("today.csv", 10);
  EXPECT_FALSE(profile("{ file = '" + path("none.csv") + "', format = 'csv' }", today));
  EXPECT_NE(errors().find("test.toml:11:"), std::string::npos) << errors();
  EXPECT_NE(errors().find("none.csv' could be read"), std::string::npos) << errors();

  EXPECT_FALSE(profile("{ file = '" + write_rows("few.csv", 99) + "', format = 'csv' }", today));
  EXPECT_NE(errors().find("the reference has 99 records; expected at least 100"), std::string::npos) << errors();

  std::ofstream(directory_ / "broken.json") << "[{\"price\": 1}, ";
  EXPECT_FALSE(profile("{ file = '" + path("broken.json") + "', format = 'json', records = '*' }", today));
  EXPECT_NE(errors().find("broken.json' cannot be read"), std::string::npos) << errors();

  std::ofstream(directory_ / "other.csv") << [] {
    std::string text = "price\n";
    for (int i = 0; i < 120; ++i) {
      text += std::to_string(i) + "\n";
    }
    return text;
  }();
  const auto absent = profile("{ file = '" + path("other.csv") + "', format = 'csv' }", today);
  ASSERT_TRUE(absent) << errors();
  EXPECT_EQ(absent->columns.at("price").rows, 120U);
  EXPECT_EQ(absent->not_comparable.at("zone").reason(), KindReason::kAbsent);

  EXPECT_FALSE(profile("{ file = '" + today + "', formt = 'csv' }", today));
  EXPECT_NE(errors().find("did you mean 'format'"), std::string::npos) << errors();
}

}  // namespace
}  // namespace leeway
