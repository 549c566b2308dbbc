// How independent readers parse the files: PyYAML, and Alertmanager's own amtool.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "rules/alertmanager.h"
#include "rules/kubernetes.h"
#include "rules/text.h"
#include "rules/yaml.h"
#include "tests/rules/example_catalog.h"

namespace leeway {
namespace {

class ReaderTest : public ::testing::Test {
 protected:
  ReaderTest() { std::filesystem::create_directories(directory_); }
  ~ReaderTest() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& content) const {
    const std::string path = (directory_ / name).string();
    std::ofstream(path) << content;
    return path;
  }

  // Exit code 0.
  static bool succeeds(const std::string& command) { return std::system((command + " >/dev/null").c_str()) == 0; }

  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("leeway-reader-test-" + std::to_string(::getpid()));
};

// Tokens with a meaning in YAML, concatenated in any order.
std::string random_text(std::mt19937& random) {
  static const std::array<std::string, 32> kPieces{
      "a",  "B1", " ",    "  ",       "\n",           "\n\n", "\t", ":",
      ": ", " #", "#",    "-",        "- ",           "{",    "}",  "[",
      "]",  ",",  "\"",   "'",        "\\",           "|",    ">",  "1",
      ".5", "é",  "\x01", "\xC2\x85", "\xE2\x80\xA8", "yes",  "~",  "\xF0\x9F\x98\x80"};
  std::string text;
  for (auto count = random() % 9; count > 0; --count) {
    text += kPieces[random() % kPieces.size()];
  }
  return text;
}

TEST_F(ReaderTest, PyYamlReadsBackEveryText) {
  std::mt19937 random(7);
  nlohmann::json expected;
  std::string yaml;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = i == 0 ? valid_utf8(hostile_text()) : random_text(random);
    const std::string other = random_text(random);
    const std::string number = std::to_string(i);
    expected["quote" + number] = text;
    expected["block" + number] = text;
    expected["list" + number] = {text, other};
    yaml += yaml_comment(text, 1) + "quote" + number + ": " + yaml_quote(text) + "\n";
    yaml += "block" + number + ": " + yaml_block(text, 2) + "\n";
    yaml += "list" + number + ": " + yaml_list({text, other}) + "\n";
  }
  EXPECT_TRUE(succeeds("python3 " LEEWAY_SOURCE_DIR "/tests/rules/same_yaml.py " +
                       write("expected.json", expected.dump()) + " " + write("actual.yaml", yaml)));
}

TEST_F(ReaderTest, AmtoolAcceptsTheConfiguration) {
  EXPECT_TRUE(succeeds("amtool check-config " + write("a.yml", alertmanager_yaml(routing_of(example_catalog()), "x"))));
  Catalog catalog;
  catalog.settings.name = "x";
  EXPECT_TRUE(succeeds("amtool check-config " + write("a.yml", alertmanager_yaml(routing_of(catalog), "x"))));
}

TEST_F(ReaderTest, AmtoolAcceptsHostileText) {
  EXPECT_TRUE(succeeds("amtool check-config " +
                       write("a.yml", alertmanager_yaml(routing_of(hostile_catalog()), hostile_text()))));
}

TEST_F(ReaderTest, HostileTextStaysInItsPlaceInObjects) {
  Catalog catalog = hostile_catalog();
  catalog.maintenance.front().time_zone = "UTC";
  const Expected<std::string> text = alertmanager_config(catalog, {hostile_text(), {{hostile_text(), hostile_text()}}});
  ASSERT_TRUE(text);
  write("a.yml", *text);
  const std::string program =
      "import sys, yaml\n"
      "document = yaml.safe_load(open(sys.argv[1], encoding='utf-8'))\n"
      "sys.exit(list(document) != ['apiVersion', 'kind', 'metadata', 'spec']\n"
      "         or list(document['spec']) != ['route', 'inhibitRules', 'muteTimeIntervals', 'receivers'])\n";
  EXPECT_TRUE(succeeds("python3 " + write("keys.py", program) + " " + (directory_ / "a.yml").string()));
}

}  // namespace
}  // namespace leeway
