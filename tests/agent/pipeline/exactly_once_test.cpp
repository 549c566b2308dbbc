// The main guarantee: whatever happens to the process, the disk's cache and the log files, every line written is
// counted once or reported as lost, and no reader ever sees a counter decrease.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "agent/config/toml_reader.h"
#include "agent/pipeline/assembly.h"
#include "agent/pipeline/checkpoint_store.h"
#include "agent/pipeline/committer.h"
#include "agent/pipeline/pipeline.h"
#include "tests/support/fake_clock.h"
#include "tests/support/label_words.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

constexpr std::string_view kConfig = R"toml(
[rules]
agent_alerts = false  # each run is short, and they take most of its start

[[source]]
name = "app"
type = "log"
path = "/log/app.log*"
format = "json"
time = "ts"

[[metric]]
name = "requests_total"
type = "counter"
source = "app"
help = "Requests."
labels = ["code"]

[[metric]]
name = "work_seconds"
type = "histogram"
source = "app"
help = "Work."
value = "ms / 1000"
buckets = [0.1, 0.5]

[[slo]]
name = "availability"
source = "app"
good = "code < 500"
objective = 0.9
)toml";

// One run of the agent, from its start to the crash.
class Agent {
 public:
  Agent(MemoryFileSystem& files, FakeClock& clock) : clock_(clock) {
    Diagnostics diagnostics;
    const ConfigTable config = parse_toml(kConfig, "test.toml", diagnostics);
    std::optional<Assembly> assembly = assemble(config, {{}, std::nullopt, clock.wall()}, files, diagnostics);
    EXPECT_TRUE(assembly) << diagnostics.to_string();
    Expected<std::unique_ptr<CheckpointStore>> store =
        CheckpointStore::open(files, clock, "/state", Durability::kPower);
    EXPECT_TRUE(store) << store.error().to_string();
    store_ = std::move(*store);
    pipeline_ = std::make_unique<Pipeline>(std::move(*assembly), files, clock);
    committer_ = std::make_unique<Committer>(clock, store_.get());
    if (store_->loaded().checkpoint) {
      const StateReport report = pipeline_->load(*store_->loaded().checkpoint);
      EXPECT_EQ(report.notes, std::vector<std::string>());
      EXPECT_EQ(report.warnings, std::vector<std::string>());
    }
    committer_->publish(*pipeline_, committer_->prepare(*pipeline_), {});
    pipeline_->discover();
  }

  void read(std::size_t budget) { pipeline_->step({budget}); }
  void read_all() {
    for (int round = 0; round < 12; ++round) {  // longer than any wait for a rotated file
      clock_.advance(std::chrono::seconds(1));
      pipeline_->discover();
      while (pipeline_->step({1 << 20}) == PollState::kMore) {
      }
    }
  }
  void commit() {
    Commit commit = committer_->prepare(*pipeline_);
    const Expected<void> written = committer_->write(commit);
    committer_->publish(*pipeline_, std::move(commit), written);
  }
  Pipeline& pipeline() { return *pipeline_; }
  std::shared_ptr<const Snapshot> seen() const { return committer_->latest(); }

 private:
  FakeClock& clock_;
  std::unique_ptr<CheckpointStore> store_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<Committer> committer_;
};

using Values = std::map<std::string, double>;

Values counters(const Snapshot& snapshot) {
  Values values;
  for (const MetricFamily& family : snapshot.families()) {
    for (const Sample& sample : family.samples) {
      const std::string name = family.desc.name + "{" + label_words(sample.labels) + "}";
      if (family.desc.type == MetricType::kCounter) {
        values[name] = sample.value;
      }
      for (std::size_t bucket = 0; bucket < sample.buckets.size(); ++bucket) {
        values[name + std::to_string(bucket)] = static_cast<double>(sample.buckets[bucket]);
      }
    }
  }
  return values;
}

// The service whose log is read, and the expected counters.
class Service {
 public:
  explicit Service(MemoryFileSystem& files) : files_(files), writer_(files.open_writer("/log/app.log")) {}

  void write(std::mt19937& random) {
    finish_copy();
    static constexpr int kCodes[] = {200, 200, 404, 500};
    const int code = kCodes[random() % 4];
    const auto ms = static_cast<unsigned>(random() % 800);
    files_.append(*writer_, "{\"ts\": " + std::to_string(1'700'000'000 + written_) +
                                ", \"code\": " + std::to_string(code) + ", \"ms\": " + std::to_string(ms) + "}\n");
    ++written_;
    expected_["requests_total{code=\"" + std::to_string(code) + "\"}"] += 1;
    expected_["work_seconds{}" + std::to_string(ms <= 100 ? 0 : ms <= 500 ? 1 : 2)] += 1;
    expected_["leeway_slo_events_total{slo=\"availability\"}"] += 1;
    expected_["leeway_slo_bad_events_total{slo=\"availability\"}"] += code < 500 ? 0 : 1;
  }
  void rotate(bool reopen_at_once) {
    finish_copy();
    const Expected<void> moved = files_.rename("/log/app.log", "/log/app.log." + std::to_string(++rotations_));
    if (moved && reopen_at_once) {
      writer_ = files_.open_writer("/log/app.log");
    }
    reopen_ = moved && !reopen_at_once;
  }
  void reopen() {
    if (std::exchange(reopen_, false)) {
      writer_ = files_.open_writer("/log/app.log");
    }
  }
  // One step of a rotation by copytruncate; the agent may read between any two. Nothing is written meanwhile.
  void copy_step() {
    const std::string content = files_.content("/log/app.log");
    if (copy_.empty()) {
      if (reopen_ || content.empty()) {
        return;
      }
      copy_ = "/log/app.log." + std::to_string(++rotations_);
      files_.append(copy_, "");
      return;
    }
    const std::size_t copied = files_.content(copy_).size();
    if (copied < content.size()) {
      files_.append(copy_, content.substr(copied, copied == 0 ? content.size() / 2 + 1 : content.size()));
      return;
    }
    files_.truncate("/log/app.log", 0);
    copy_.clear();
  }
  void finish_copy() {
    while (!copy_.empty()) {
      copy_step();
    }
  }
  const Values& expected() const { return expected_; }

 private:
  MemoryFileSystem& files_;
  std::unique_ptr<File> writer_;
  bool reopen_ = false;
  std::string copy_;  // being made
  int rotations_ = 0;
  std::int64_t written_ = 0;
  Values expected_;
};

void expect_no_decrease(const Values& before, const Values& now, unsigned seed) {
  for (const auto& [name, value] : before) {
    const auto found = now.find(name);
    ASSERT_TRUE(found != now.end()) << name << " vanished, seed " << seed;
    ASSERT_GE(found->second, value) << name << " went down, seed " << seed;
  }
}

void live_and_die(unsigned seed) {
  std::mt19937 random(seed);
  MemoryFileSystem files;
  FakeClock clock(TimePoint(std::chrono::seconds(1'700'100'000)));
  Service service(files);
  auto agent = std::make_unique<Agent>(files, clock);
  Values seen;
  for (int action = 0; action < 150; ++action) {
    switch (random() % 13) {
      case 0:
        service.rotate(random() % 2 == 0);
        break;
      case 1:
        service.reopen();
        break;
      case 2:
        agent->pipeline().discover();
        break;
      case 3:
        agent->commit();
        break;
      case 4:
      case 9:
        service.copy_step();
        break;
      case 5:
        agent.reset();
        agent = std::make_unique<Agent>(files, clock);
        break;
      case 6:
      case 7:
      case 8:
        agent->read(64 + random() % 4096);
        break;
      default:
        service.write(random);
    }
    clock.advance(std::chrono::milliseconds(100));
    const Values now = counters(*agent->seen());
    expect_no_decrease(seen, now, seed);
    if (testing::Test::HasFatalFailure()) {
      return;
    }
    seen = now;
  }
  service.finish_copy();
  service.reopen();
  agent->read_all();
  agent->commit();
  const Values values = counters(*agent->seen());
  for (const auto& [name, value] : service.expected()) {
    const auto found = values.find(name);
    ASSERT_TRUE(found != values.end() || value == 0) << name << ", seed " << seed;
    if (value != 0) {
      ASSERT_EQ(found->second, value) << name << ", seed " << seed;
    }
  }
}

TEST(ExactlyOnce, CountersEqualTheTruthAfterRandomCrashesAndRotations) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    live_and_die(seed);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
}

TEST(OutputCommit, NothingIsShownThatIsNotSaved) {
  MemoryFileSystem files;
  FakeClock clock(TimePoint(std::chrono::seconds(1'700'100'000)));
  Service service(files);
  std::mt19937 random(1);
  Agent agent(files, clock);
  for (int i = 0; i < 10; ++i) {
    service.write(random);
  }
  agent.read_all();
  EXPECT_EQ(counters(*agent.seen())["leeway_slo_events_total{slo=\"availability\"}"], 0);
  agent.commit();
  EXPECT_EQ(counters(*agent.seen())["leeway_slo_events_total{slo=\"availability\"}"], 10);
}

TEST(OutputCommit, AFullDiskFreezesTheMetricsAndSaysSoUntilThereIsRoom) {
  MemoryFileSystem files;
  FakeClock clock(TimePoint(std::chrono::seconds(1'700'100'000)));
  Service service(files);
  std::mt19937 random(1);
  Agent agent(files, clock);
  service.write(random);
  agent.read_all();
  files.fail(FileOperation::kWrite, ENOSPC, "/state");
  agent.commit();
  EXPECT_EQ(counters(*agent.seen())["leeway_slo_events_total{slo=\"availability\"}"], 0);
  EXPECT_EQ(agent.seen()->status().checkpoint.failures, 1U);
  EXPECT_NE(agent.seen()->status().checkpoint.last_error, "");
  files.clear_faults();
  agent.commit();
  EXPECT_EQ(counters(*agent.seen())["leeway_slo_events_total{slo=\"availability\"}"], 1);
  EXPECT_EQ(agent.seen()->status().checkpoint.last_error, "");
}

}  // namespace
}  // namespace leeway
