#include "agent/sampling/config_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/config/toml_reader.h"

namespace leeway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ConfigPlaceTest : public testing::Test {
 protected:
  Diagnostics diagnostics_;
  const ConfigTable config_ = parse_toml(
      "[[metric]]\nname = \"a\"\n[[metric]]\nname = \"b\"\nwhen = \"x\"\n"
      "labels = { env = \"y\" }\n",
      "test.toml", diagnostics_);
};

TEST_F(ConfigPlaceTest, IsTheKeysThatLeadToAValue) {
  EXPECT_THAT(place_of(config_, {"test.toml", 5, 8}), ElementsAre("metric", "[1]", "when"));
  EXPECT_THAT(place_of(config_, {"test.toml", 6, 18}), ElementsAre("metric", "[1]", "labels", "env"));
  EXPECT_THAT(place_of(config_, {"test.toml", 6, 17}), IsEmpty());
  EXPECT_THAT(place_of(config_, {"other.toml", 5, 8}), IsEmpty());
}

TEST_F(ConfigPlaceTest, LeadsBackToTheValue) {
  const ConfigValue* const value = value_at(config_, {"metric", "[1]", "labels", "env"});
  ASSERT_NE(nullptr, value);
  EXPECT_EQ("y", *value->get_if<std::string>());
  EXPECT_EQ(nullptr, value_at(config_, {"metric", "[2]", "when"}));
  EXPECT_EQ(nullptr, value_at(config_, {"metric", "[0]", "when"}));
  EXPECT_EQ(3U, find_entry(config_, "metric", "b")->position().line);
  EXPECT_EQ(nullptr, find_entry(config_, "metric", "c"));
}

}  // namespace
}  // namespace leeway
