#include "agent/init/csv_choice.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

std::string keys_of_csv(const std::vector<std::string>& lines) {
  LogSample sample;
  for (const std::string& line : lines) {
    sample.text += line + "\n";
  }
  const std::optional<FormatChoice> choice = choose_csv(sample, lines);
  return choice ? to_toml(keys_of(*choice)) : "";
}

TEST(CsvChoice, TheFirstLineNamesTheCellsOfAllOthers) {
  EXPECT_EQ("format = \"csv\"\n",
            keys_of_csv({"ts,level,ms", "2026-11-30 12:00:00,INFO,3.5", "2026-11-30 12:00:01,WARN,4"}));
  EXPECT_EQ("format = \"csv\"\ndelimiter = \"\\t\"\n",
            keys_of_csv({"ts\tlevel\tms", "1796066007\tINFO\t3", "1796066008\tWARN\t4"}));
  EXPECT_EQ("",
            keys_of_csv({"2026-11-30 12:00:00,INFO,3.5", "2026-11-30 12:00:01,WARN,4", "2026-11-30 12:00:01,WARN,5"}));
  EXPECT_EQ("", keys_of_csv({"one, two, three", "a text", "another one, with more"}));
  EXPECT_EQ("", keys_of_csv({"ts,level,ms"}));
}

TEST(CsvChoice, AFractionMayHaveACommaBeforeIt) {
  EXPECT_EQ("format = \"csv\"\ndelimiter = \";\"\ndecimal = \",\"\n",
            keys_of_csv({"datum;stufe;ms", "30.11.2026 12:00;INFO;3,5", "30.11.2026 12:01;WARN;4"}));
  EXPECT_EQ("format = \"csv\"\ndelimiter = \";\"\ndecimal = \",\"\nthousands = \".\"\n",
            keys_of_csv({"datum;stufe;ms", "30.11.2026 12:00;INFO;1.003,5", "30.11.2026 12:01;WARN;4,0"}));
}

}  // namespace
}  // namespace leeway
