#include "agent/init/text_numbers.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

using testing::ElementsAre;

// 40 messages; # is a number that differs.
std::vector<TextNumber> numbers_of(const std::string& message, int least = 3) {
  std::vector<MessageText> messages;
  for (int i = 0; i < 40; ++i) {
    std::string text;
    for (const char c : message) {
      text += c == '#' ? std::to_string(least + i * 7 % 23) : std::string(1, c);
    }
    messages.push_back({text, ""});
  }
  return text_numbers("message", messages, 10);
}

std::vector<std::string> names_of(const std::vector<TextNumber>& numbers) {
  std::vector<std::string> names;
  for (const TextNumber& number : numbers) {
    names.push_back(number.name);
  }
  return names;
}

TEST(TextNumbers, HaveTheUnitThatTheTextHas) {
  const std::vector<TextNumber> took = numbers_of("request took #ms");
  ASSERT_THAT(names_of(took), ElementsAre("request_duration_seconds"));
  EXPECT_EQ(TextNumber::Kind::kDuration, took[0].kind);
  EXPECT_EQ(R"re(double(message.extract(r"request took (\d+)ms")) / 1000.0)re", took[0].value);
  EXPECT_EQ(R"re(message.matches(r"request took (\d+)ms"))re", took[0].condition);
  EXPECT_EQ(R"re(double(message.extract(r"sync took (\d+) us")) / 1000000.0)re", numbers_of("sync took # us")[0].value);
  EXPECT_EQ(R"re(double(message.extract(r"wrote (\d+) KiB")) * 1024)re", numbers_of("wrote # KiB to /data/#")[0].value);
}

TEST(TextNumbers, CountWhatStandsBehindThem) {
  const std::vector<TextNumber> found = numbers_of("processed # rows in #.5 s");
  EXPECT_THAT(names_of(found), ElementsAre("processed_rows_total", "processed_rows_duration_seconds"));
  EXPECT_EQ(R"re(int(message.extract(r"processed (\d+) rows")))re", found[0].value);
  EXPECT_THAT(names_of(numbers_of("wrote # bytes to disk")), ElementsAre("written_bytes_total"));
}

TEST(TextNumbers, APartAndItsWholeAreTwo) {
  const std::vector<TextNumber> found = numbers_of("# of # failed");
  ASSERT_THAT(names_of(found), ElementsAre("failed_total", "failed_out_of_total"));
  EXPECT_EQ(R"re(int(message.extract(r"^(\d+) of \d+ failed")))re", found[0].value);
  EXPECT_EQ(R"re(int(message.extract(r"^\d+ of (\d+) failed")))re", found[1].value);
  EXPECT_THAT(names_of(numbers_of("imported # of # files")),
              ElementsAre("imported_files_total", "imported_files_out_of_total"));
}

TEST(TextNumbers, IdentifiersAndConstantsAreNone) {
  EXPECT_THAT(numbers_of("order # placed by customer #"), testing::IsEmpty());
  EXPECT_THAT(numbers_of("worker # is idle"), testing::IsEmpty());
  EXPECT_THAT(numbers_of("keeps 5 files of user-#"), testing::IsEmpty());
  EXPECT_THAT(numbers_of("listening on 10.0.0.#:80 for all"), testing::IsEmpty());
}

}  // namespace
}  // namespace leeway
