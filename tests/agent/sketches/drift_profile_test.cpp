#include "agent/sketches/drift_profile.h"

#include <gtest/gtest.h>

#include "agent/sketches/random.h"
#include "agent/sketches/reference_capture.h"

namespace leeway {
namespace {

DriftProfile example() {
  Random random(1);
  ReferenceCapture numbers, texts;
  double last = 0;
  for (int row = 0; row < 3000; ++row) {
    last = 0.5 * last + random.normal();
    numbers.add_number(last / 3);
    texts.add_category(row % 7 == 0 ? "a \"b\"\n\xC3\xA4" : "c");
    texts.add_missing();
  }
  DriftProfile profile;
  profile.columns.emplace("age", numbers.freeze({}));
  profile.columns.emplace("zone", texts.freeze({}));
  return profile;
}

TEST(DriftProfile, ReadsWhatItWroteBitByBit) {
  const DriftProfile profile = example();
  const Expected<DriftProfile> read = parse_profile(to_json(profile));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->id(), profile.id());
  ASSERT_EQ(read->columns.size(), 2U);
  EXPECT_EQ(read->columns.at("age").id(), profile.columns.at("age").id());
  EXPECT_FALSE(read->columns.at("age").dependence.empty());
  EXPECT_EQ(to_json(*read), to_json(profile));
}

TEST(DriftProfile, RefusesWhatIsNone) {
  const std::string json = to_json(example());
  for (std::size_t length = 0; length + 2 < json.size(); length += 97) {
    EXPECT_FALSE(parse_profile(std::string_view(json).substr(0, length))) << length;
  }
  const auto with = [&](const std::string& what, const std::string& instead) {
    std::string changed = json;
    return changed.replace(changed.find(what), what.size(), instead);
  };
  EXPECT_TRUE(parse_profile(with("\"version\": 2", "\"version\": 1")));
  EXPECT_FALSE(parse_profile(with("\"version\": 2", "\"version\": 3")));
  EXPECT_FALSE(parse_profile(with("leeway-drift-profile", "other")));
  EXPECT_FALSE(parse_profile(with("\"rows\": 3000", "\"rows\": \"many\"")));
  EXPECT_FALSE(parse_profile(with("\"edges\": [", "\"edges\": [1e300,")));
  EXPECT_FALSE(parse_profile(with("\"counts\": [", "\"counts\": [-1.0,")));
  EXPECT_FALSE(parse_profile("[]"));
}

}  // namespace
}  // namespace leeway
