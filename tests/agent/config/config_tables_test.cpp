#include "agent/config/config_tables.h"

#include <gtest/gtest.h>

#include <string>

#include "agent/config/toml_reader.h"

namespace leeway {
namespace {

// The names of the tables of a section, then what was wrong.
std::string of_section(std::string_view text) {
  Diagnostics diagnostics;
  const ConfigTable config = parse_toml(text, "t", diagnostics);
  std::string found;
  for (const ConfigValue* const table : tables_of(config, "alert", diagnostics)) {
    found += *table->get_if<ConfigTable>()->find("name")->get_if<std::string>() + "\n";
  }
  return found + diagnostics.to_string();
}

// The same of the key "check" of an entry of [[quality]].
std::string of_entry(std::string_view text) {
  Diagnostics diagnostics;
  const ConfigTable entry = parse_toml(text, "t", diagnostics);
  TableReader reader(entry, {"t", 9, 1}, "[[quality]] 'q'", diagnostics);
  std::string found;
  for_each_table(reader, "quality", "check", [&found](TableReader& table) {
    found += table.required_string("name") + "\n";
    table.report_unused_keys();
  });
  return found + diagnostics.to_string();
}

TEST(ConfigTables, OfASection) {
  EXPECT_EQ(of_section(""), "");
  EXPECT_EQ(of_section("[[alert]]\nname = 'a'\n[[alert]]\nname = 'b'\n"), "a\nb\n");
  EXPECT_EQ(of_section("[alert]\nname = 'a'\n"),
            "t:1:1: error: 'alert' is a table; expected an array of tables, [[alert]]\n");
  EXPECT_EQ(of_section("alert = [{ name = 'a' }, 5]\n"),
            "a\nt:1:26: error: an entry of 'alert' is an integer; expected an array of tables, [[alert]]\n");
}

TEST(ConfigTables, OfAnEntry) {
  EXPECT_EQ(of_entry("name = 'q'\n"), "");
  EXPECT_EQ(of_entry("[[check]]\nname = 'a'\n[[check]]\nname = 'b'\n"), "a\nb\n");
  EXPECT_EQ(of_entry("check = true\n"),
            "t:1:9: error: [[quality]] 'q': 'check' is a boolean; expected an array of tables, [[quality.check]]\n");
  EXPECT_EQ(of_entry("check = [5]\n"),
            "t:1:10: error: [[quality]] 'q': an entry of 'check' is an integer; expected an array of tables, "
            "[[quality.check]]\n");
  EXPECT_EQ(
      of_entry("[[check]]\nname = 'a'\nnam = 'b'\n"),
      "a\nt:3:1: error: [[quality]] 'q': check: unknown key 'nam'; expected one of \"name\"; did you mean 'name'?\n");
}

}  // namespace
}  // namespace leeway
