// A record ahead of the clock does not empty a short window.
#include <gmock/gmock.h>

#include <map>

#include "tests/agent/pipeline/assembled_pipeline.h"
#include "tests/support/fake_clock.h"
#include "tests/support/label_words.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

std::string config(const std::string& source, const std::string& over) {
  return "[[source]]\nname = 'app'\ntype = 'log'\npath = '/log/app.log'\nformat = 'json'\ntime = 'at'\n" + source +
         "[[window]]\nname = 'recent'\naggregate = 'count'\nover = '" + over + "'\n";
}

Duration allowed(const std::string& text, std::string* said = nullptr) {
  MemoryFileSystem files;
  Diagnostics diagnostics;
  const std::optional<Assembly> assembly =
      assemble(parse_toml(text, "test.toml", diagnostics), {{}, std::nullopt, TimePoint{}}, files, diagnostics);
  EXPECT_TRUE(assembly) << diagnostics.to_string();
  if (said != nullptr) {
    *said = diagnostics.to_string();
  }
  return assembly ? assembly->sources.front()->allowed_future : Duration{};
}

TEST(FutureLimit, IsHalfOfAShortWindow) {
  std::string said;
  EXPECT_EQ(allowed(config("", "1h")), minutes(5));
  EXPECT_EQ(allowed(config("", "10m")), minutes(5));
  EXPECT_EQ(allowed(config("", "1m"), &said), seconds(30));
  EXPECT_EQ(said, "");
  EXPECT_EQ(allowed(config("", "5m") + "[[window]]\nname = 'other'\naggregate = 'count'\nover = '2m'\n"), minutes(1));
}

TEST(FutureLimit, OfOnesOwnIsWarnedOfWhereItEmptiesAWindow) {
  std::string said;
  EXPECT_EQ(allowed(config("allowed_future = '59s'\n", "1m"), &said), seconds(59));
  EXPECT_EQ(said, "");
  EXPECT_EQ(allowed(config("allowed_future = '2m'\n", "1m"), &said), minutes(2));
  EXPECT_THAT(said, HasSubstr("test.toml:7:18: warning: [[source]] 'app': 'allowed_future' is 2m, but [[window]] "
                              "'recent' is of 1m"));
}

TEST(FutureLimit, KeepsTheRecordsOfTheWindow) {
  FakeClock clock;
  MemoryFileSystem files;
  const auto line = [&clock](Duration ahead) {
    return "{\"at\":" +
           std::to_string(std::chrono::duration_cast<seconds>((clock.wall() + ahead).time_since_epoch()).count()) +
           "}\n";
  };
  files.write("/log/app.log", line({}) + line({}) + line(minutes(2)) + line({}));
  const std::unique_ptr<Pipeline> pipeline = assembled_pipeline(config("", "1m"), files, clock);
  pipeline->discover();
  while (pipeline->step({1 << 20}) == PollState::kMore) {
  }
  pipeline->advance();
  std::map<std::string, double> values;
  SnapshotBuilder builder(clock.wall());
  pipeline->collect(builder);
  const std::shared_ptr<const Snapshot> snapshot = builder.build();
  for (const MetricFamily& family : snapshot->families()) {
    for (const Sample& sample : family.samples) {
      values[family.desc.name + "{" + label_words(sample.labels) + "}"] = sample.value;
    }
  }
  EXPECT_EQ(values["recent{}"], 4);
  EXPECT_EQ(snapshot->status().sources.at(0).future_records, 1U);
}

}  // namespace
}  // namespace leeway
