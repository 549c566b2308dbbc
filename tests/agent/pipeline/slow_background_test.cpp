// What monitors compute in the background may take any time: the result is that of a replay, where it takes none.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "agent/sketches/random.h"
#include "tests/agent/pipeline/assembled_pipeline.h"
#include "tests/support/fake_clock.h"
#include "tests/support/held_background.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

// A segment may have 1,048 values that wait.
constexpr std::string_view kSlowChange = R"toml(
[[source]]
name = "app"
type = "log"
path = "/log/app.log"
format = "json"

[[change]]
name = "latency"
value = "ms"
average_run_length = 200
reference = { first_rows = 100 }
segment = "zone"
max_segments = 1000
)toml";

class SlowBackground : public testing::Test {
 protected:
  std::unique_ptr<Pipeline> pipeline(Background* background) {
    return assembled_pipeline(std::string(kSlowChange), files_, clock_, background);
  }
  PollState read(Pipeline& agent) {
    agent.discover();
    PollState state = PollState::kMore;
    while (state == PollState::kMore) {
      state = agent.step({4096});
    }
    return state;
  }
  std::string state_of(Pipeline& agent) {
    std::string all;
    for (const CheckpointSection& section : agent.save().sections) {
      all += section.kind == "change" ? section.bytes : "";
    }
    return all;
  }

  MemoryFileSystem files_;
  FakeClock clock_;
};

TEST_F(SlowBackground, ALogWaitsUntilTheDetectorsAreFitted) {
  Random random(1);
  std::string log;
  for (int line = 0; line < 5000; ++line) {
    log += "{\"zone\": \"a\", \"ms\": " + std::to_string(random.normal()) + "}\n";
  }
  files_.append("/log/app.log", log);
  const std::unique_ptr<Pipeline> at_once = pipeline(nullptr);
  EXPECT_EQ(read(*at_once), PollState::kIdle);

  HeldBackground background;
  const std::unique_ptr<Pipeline> slow = pipeline(&background);
  EXPECT_EQ(read(*slow), PollState::kWaiting);
  EXPECT_FALSE(slow->caught_up());
  EXPECT_LT(slow->source_status().front().records, 2500U);
  // A restart meanwhile changes nothing.
  const Checkpoint saved = slow->save();
  HeldBackground after_restart;
  const std::unique_ptr<Pipeline> restarted = pipeline(&after_restart);
  restarted->load(saved);
  EXPECT_EQ(read(*restarted), PollState::kWaiting);
  after_restart.release();
  EXPECT_EQ(read(*restarted), PollState::kIdle);
  EXPECT_EQ(restarted->source_status().front().records, 5000U);
  EXPECT_NE(state_of(*at_once), "");
  EXPECT_TRUE(state_of(*restarted) == state_of(*at_once));
}

}  // namespace
}  // namespace leeway
