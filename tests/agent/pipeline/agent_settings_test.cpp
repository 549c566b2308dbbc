// The section [agent], in particular the key of hash().
#include "agent/pipeline/agent_settings.h"

#include <gmock/gmock.h>

#include "agent/config/toml_reader.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;

class AgentSettingsTest : public testing::Test {
 protected:
  AgentSettings read(const std::string& toml) {
    Diagnostics diagnostics;
    const AgentSettings settings = read_agent_settings(parse_toml(toml, "test.toml", diagnostics), files_, diagnostics);
    errors_ = diagnostics.to_string();
    return settings;
  }

  MemoryFileSystem files_;
  std::string errors_;
};

TEST_F(AgentSettingsTest, TheKeyIsTheContentOfItsFileWithoutTheEndOfTheLine) {
  files_.write("/key", "0123456789abcdef\r\n");
  EXPECT_EQ(read("[agent]\nhash_key_file = \"/key\"").hash_key, "0123456789abcdef");
  files_.write("/key", "0123456789 abcdef");
  EXPECT_EQ(read("[agent]\nhash_key_file = \"/key\"").hash_key, "0123456789 abcdef");
  EXPECT_EQ(errors_, "");
  EXPECT_EQ(read("").hash_key, "");
}

TEST_F(AgentSettingsTest, TimesOfCreationAreShownOnRequest) {
  EXPECT_FALSE(read("").created_samples);
  EXPECT_FALSE(read("[agent]\n").created_samples);
  EXPECT_FALSE(read("[agent]\ncreated_samples = false").created_samples);
  EXPECT_TRUE(read("[agent]\ncreated_samples = true").created_samples);
  EXPECT_EQ(errors_, "");
}

TEST_F(AgentSettingsTest, AKeyThatIsMissingShortOrLongIsAnErrorThatDoesNotShowIt) {
  const std::string config = "[agent]\nhash_key_file = \"/key\"";
  read(config);
  EXPECT_THAT(errors_, HasSubstr("test.toml:2:17: error: [agent]: the key of hash() cannot be read"));
  files_.write("/key", "secret\n");
  read(config);
  EXPECT_THAT(errors_, HasSubstr("has 6 bytes; expected at least 16"));
  EXPECT_EQ(errors_.find("secret"), std::string::npos);
  files_.write("/key", std::string(5000, 'x'));
  read(config);
  EXPECT_THAT(errors_, HasSubstr("cannot be read"));
}

TEST_F(AgentSettingsTest, SaysWhereTheAddressBelongs) {
  read("[agent]\nlisten = \"0.0.0.0:9464\"");
  EXPECT_THAT(
      errors_,
      HasSubstr("test.toml:2:1: error: [agent]: where to serve is an option of `leeway run`, --web.listen-address"));
  read("[agent]\nstate_directory = \"/x\"");
  EXPECT_THAT(errors_, HasSubstr("did you mean 'state_dir'?"));
}

}  // namespace
}  // namespace leeway
