#include "agent/init/text_fields.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

TextFields fields_of(const std::vector<std::string>& messages) {
  std::vector<MessageText> texts;
  for (int round = 0; round < 20; ++round) {
    for (const std::string& message : messages) {
      texts.push_back({message, ""});
    }
  }
  return text_fields("message", texts);
}

TEST(TextFields, PairsAreExtracted) {
  const TextFields found = fields_of(
      {"done run=17 state=ok rows=5 rate=0.5 took=3.5s.", "done run=18 state=failed rows=7 rate=-1.5 took=4.5s"});
  std::map<std::string, std::string> texts;
  for (const SampledField& field : found.fields) {
    texts[field.name] = field.text;
    EXPECT_EQ(40U, field.facts.records());
    EXPECT_EQ(40U, field.facts.present()) << field.name;
  }
  EXPECT_EQ(R"re(message.extract(r"\bstate=(\w+)"))re", texts["state"]);
  EXPECT_EQ(R"re(double(message.extract(r"\brows=(\d+)")))re", texts["rows"]);
  EXPECT_EQ(R"re(double(message.extract(r"\brate=(-?\d+(?:\.\d+)?)")))re", texts["rate"]);
  EXPECT_EQ(R"re(double(message.extract(r"\btook=(-?\d+(?:\.\d+)?)s")))re", texts["took_seconds"]);
  EXPECT_EQ(R"re(message.matches(r"\bstate=(\w+)"))re", found.known.at(texts["state"]).condition);
}

TEST(TextFields, RareOnesAndQuotedOnesAreNone) {
  std::vector<std::string> messages(30, "nothing");
  messages.emplace_back("a=1");
  EXPECT_THAT(fields_of(messages).fields, testing::IsEmpty());
  EXPECT_THAT(fields_of({"name=\"a b\""}).fields, testing::IsEmpty());
}

}  // namespace
}  // namespace leeway
