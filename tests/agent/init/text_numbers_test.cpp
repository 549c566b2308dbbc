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

std::vector<TextNumber> numbers_of_texts(const std::vector<std::string>& often, const std::vector<std::string>& rare) {
  std::vector<MessageText> messages;
  for (int i = 0; i < 30; ++i) {
    messages.push_back({often[static_cast<std::size_t>(i) % often.size()], ""});
  }
  for (const std::string& text : rare) {
    messages.push_back({text, ""});
  }
  return text_numbers("message", messages, 10);
}

TEST(TextNumbers, OfSeveralUnitsAreReadWithTheirUnits) {
  const std::vector<std::string> often = {"query finished in 100 ms", "query finished in 70 ms",
                                          "query finished in 5 ms"};
  const std::vector<TextNumber> found = numbers_of_texts(often, {"query finished in 1.50 s"});
  ASSERT_THAT(names_of(found), ElementsAre("query_duration_seconds"));
  EXPECT_EQ(R"re(double(duration(message.extract(r"finished in ([\d.]+ (?:ms|s))"))))re", found[0].value);
  EXPECT_EQ(0, found[0].unread);
  const std::vector<TextNumber> glued =
      numbers_of_texts({"query took 100ms", "query took 2s", "query took 5ms"}, {"query took 1m2.1s"});
  ASSERT_THAT(names_of(glued), ElementsAre("query_duration_seconds"));
  EXPECT_EQ(R"re(double(duration(message.extract(r"query took ((?:[\d.]+[a-zµ]+)+)"))))re", glued[0].value);
}

TEST(TextNumbers, OfAStateAreNoSums) {
  const std::vector<TextNumber> found = numbers_of("Running: # reqs, Waiting: # reqs, GPU KV cache usage: #.5%");
  ASSERT_THAT(names_of(found), ElementsAre("running_reqs", "waiting_reqs"));
  EXPECT_EQ(TextNumber::Kind::kGauge, found[0].kind);
  EXPECT_EQ(R"re(int(message.extract(r"reqs, Waiting: (\d+) reqs,")))re", found[1].value);
  for (const auto& [message, name] :
       std::vector<std::pair<const char*, const char*>>{{"pool has # connections active", "active_connections"},
                                                        {"pool keeps # connections in use", "in_use_connections"},
                                                        {"served # reqs per second", "reqs_rate"},
                                                        {"disk has # MB free", "free_bytes"},
                                                        {"wrote #MB per second", "bytes_rate"},
                                                        {"queue size is # jobs", "size_jobs"},
                                                        {"# of # workers busy", "busy_workers"},
                                                        {"avg latency # ms", "avg_latency_duration_seconds"}}) {
    const std::vector<TextNumber> one = numbers_of(message);
    ASSERT_FALSE(one.empty()) << message;
    EXPECT_EQ(name, one[0].name);
    EXPECT_EQ(TextNumber::Kind::kGauge, one[0].kind) << message;
  }
}

TEST(TextNumbers, HaveThousandsOrAreDoubted) {
  const std::vector<std::string> often = {"query took 100 ms", "query took 70 ms", "query took 5 ms"};
  const std::vector<TextNumber> found = numbers_of_texts(often, {"query took 1,210 ms"});
  ASSERT_THAT(names_of(found), ElementsAre("query_duration_seconds"));
  EXPECT_EQ(R"re(double(message.extract(r"query took ([\d,]+) ms").replace(",", "")) / 1000.0)re", found[0].value);
  const std::vector<TextNumber> doubted = numbers_of_texts(often, {"query took 1'210 ms"});
  ASSERT_THAT(names_of(doubted), ElementsAre("query_duration_seconds"));
  EXPECT_EQ(1, doubted[0].unread);
  EXPECT_EQ("query took 1'210 ms", doubted[0].unread_example);
}

TEST(TextNumbers, IdentifiersAndConstantsAreNone) {
  EXPECT_THAT(numbers_of("order # placed by customer #"), testing::IsEmpty());
  EXPECT_THAT(numbers_of("worker # is idle"), testing::IsEmpty());
  EXPECT_THAT(numbers_of("keeps 5 files of user-#"), testing::IsEmpty());
  EXPECT_THAT(numbers_of("listening on 10.0.0.#:80 for all"), testing::IsEmpty());
}

}  // namespace
}  // namespace leeway
