// Whose saved state is whose: what a changed configuration, a renamed source or damaged state leaves of the counters.
#include <gmock/gmock.h>

#include <map>

#include "agent/pipeline/committer.h"
#include "tests/agent/pipeline/assembled_pipeline.h"
#include "tests/support/fake_clock.h"
#include "tests/support/label_words.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

std::string source(const std::string& name, const std::string& path = "/log/app.log") {
  return "[[source]]\nname = \"" + name + "\"\ntype = \"log\"\npath = \"" + path + "\"\nformat = \"json\"\n";
}
std::string counter(const std::string& keys = "") {
  return "[[metric]]\nname = \"lines_total\"\ntype = \"counter\"\n" + keys + "\n";
}

class StateIdentity : public testing::Test {
 protected:
  StateIdentity() {
    for (int line = 0; line < 10; ++line) {
      files_.append("/log/app.log", "{\"code\": \"200\"}\n");
    }
  }

  std::unique_ptr<Pipeline> pipeline(const std::string& config) {
    return assembled_pipeline("[rules]\nagent_alerts = false\n" + config, files_, clock_);
  }
  void read(Pipeline& pipeline) {
    pipeline.discover();
    while (pipeline.step({1 << 20}) == PollState::kMore) {
    }
  }
  Checkpoint state_after(const std::string& config) {
    const std::unique_ptr<Pipeline> before = pipeline(config);
    read(*before);
    return before->save();
  }
  // Lines counted, all series together, once everything is read.
  double count_after(const Checkpoint& state, const std::string& config) {
    const std::unique_ptr<Pipeline> after = pipeline(config);
    report_ = after->load(state);
    read(*after);
    SnapshotBuilder builder(clock_.wall());
    after->collect(builder);
    const std::shared_ptr<const Snapshot> snapshot = builder.build();
    double sum = 0;
    for (const MetricFamily& family : snapshot->families()) {
      for (const Sample& sample : family.samples) {
        sum += family.desc.name == "lines_total" ? sample.value : 0;
      }
    }
    return sum;
  }

  MemoryFileSystem files_;
  FakeClock clock_;
  StateReport report_;
};

TEST_F(StateIdentity, AnUnchangedConfigurationGoesOn) {
  EXPECT_EQ(count_after(state_after(source("app") + counter()), source("app") + counter()), 10);
  EXPECT_TRUE(report_.discarded.empty());
  EXPECT_TRUE(report_.notes.empty());
}

TEST_F(StateIdentity, ARenamedSourceCountsItsLinesOnce) {
  EXPECT_EQ(count_after(state_after(source("app") + counter()), source("service") + counter()), 10);
  EXPECT_THAT(report_.notes, Contains(HasSubstr("'service' is new: it and what is computed from it start afresh")));
  EXPECT_EQ(report_.discarded, (ReasonCounts{{"changed", 2}}));
}

TEST_F(StateIdentity, AMetricOfAnotherSourceIsAnotherMetric) {
  files_.append("/log/other.log", "{}\n{}\n");
  const std::string sources = source("app") + source("other", "/log/other.log");
  const Checkpoint state = state_after(sources + counter("source = \"app\""));
  EXPECT_EQ(count_after(state, source("app") + source("other", "/log/other.log") + counter("source = \"other\"")), 0);
  EXPECT_THAT(report_.notes, Contains(HasSubstr("'lines_total' is new")));
}

TEST_F(StateIdentity, ASourceWhoseStateIsDamagedTakesItsMonitorsWithIt) {
  Checkpoint state = state_after(source("app") + counter());
  const std::string whole = state.sections.at(0).bytes;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    state.sections[0].bytes = whole.substr(0, size);
    ASSERT_EQ(count_after(state, source("app") + counter()), 10) << size;
    ASSERT_EQ(report_.discarded, (ReasonCounts{{"damaged", 1}})) << size;
  }
}

TEST_F(StateIdentity, StateOfALaterReleaseIsNotRead) {
  Checkpoint state = state_after(source("app") + counter());
  state.sections.at(1).version = 77;
  EXPECT_EQ(count_after(state, source("app") + counter()), 0);
  EXPECT_EQ(report_.discarded, (ReasonCounts{{"newer", 1}}));
  state.sections.at(0).version = 77;
  EXPECT_EQ(count_after(state, source("app") + counter()), 10);
  EXPECT_EQ(report_.discarded, (ReasonCounts{{"newer", 1}}));
}

TEST_F(StateIdentity, AChangedDefinitionStartsAfreshAndIsSaid) {
  const Checkpoint state = state_after(source("app") + counter());
  EXPECT_EQ(count_after(state, source("app") + counter("when = 'has(code)'")), 0);
  EXPECT_EQ(report_.discarded, (ReasonCounts{{"changed", 1}}));
  EXPECT_THAT(report_.warnings, Contains(HasSubstr("definition changed")));
}

TEST_F(StateIdentity, ALabelNamedAlertsIsPartOfTheDefinition) {
  const Checkpoint state = state_after(source("app") + counter("labels = { alerts = \"code\" }"));
  EXPECT_EQ(count_after(state, source("app") + counter("labels = { alerts = \"code\" }")), 10);
  EXPECT_EQ(count_after(state, source("app") + counter("labels = { alerts = \"'x'\" }")), 0);
}

TEST_F(StateIdentity, AlertsAreNot) {
  const std::string slo = "[[slo]]\nname = \"s\"\ngood = 'code == \"200\"'\nobjective = 0.9\n";
  const Checkpoint state = state_after(source("app") + counter() + slo);
  count_after(state, source("app") + counter() + slo + "alerts = { team = \"x\" }\n");
  EXPECT_TRUE(report_.discarded.empty()) << testing::PrintToString(report_.warnings);
}

TEST_F(StateIdentity, NorIsWhatOnlyShowsTheState) {
  const Checkpoint state = state_after(source("app") + counter("help = \"Lines.\""));
  for (const char* keys : {"help = \"All lines.\"", "help = \"Lines.\"\nlint = \"off\"", "expire = \"7d\"", ""}) {
    EXPECT_EQ(count_after(state, source("app") + counter(keys)), 10) << keys;
    EXPECT_TRUE(report_.discarded.empty()) << keys;
  }
  const std::string slo = "[[slo]]\nname = \"s\"\ngood = 'code == \"200\"'\nobjective = ";
  count_after(state_after(source("app") + slo + "0.9\n"), source("app") + slo + "0.99\n");
  EXPECT_TRUE(report_.discarded.empty()) << testing::PrintToString(report_.warnings);
}

// In the table of a label, such a name is a value.
TEST_F(StateIdentity, ALabelNamedHelpIsPartOfTheDefinition) {
  const Checkpoint state = state_after(source("app") + counter("labels = { help = \"code\" }"));
  EXPECT_EQ(count_after(state, source("app") + counter("labels = { help = \"'x'\" }")), 0);
}

// The hash is that of a release that took `help` for a part of the definition.
TEST_F(StateIdentity, AnUpgradeGoesOn) {
  const std::string config = source("app") + counter("help = \"Lines.\"");
  Checkpoint state = state_after(config);
  state.sections.at(1).definition = 0xc9fd41d588be230f;
  EXPECT_EQ(count_after(state, config), 10);
}

constexpr char kDrift[] = R"(
[[drift]]
name = "amounts"
columns = "amount"
reference = { first_rows = 2000 }
window = { rows = 1000 }
threshold = 0.1
)";

class StateInParts : public StateIdentity {
 protected:
  StateInParts() { append(2500); }
  void append(int rows) {
    std::string text;
    for (int row = 0; row < rows; ++row) {
      text += "{\"amount\": " + std::to_string((++amount_ * 7919) % 10'007) + "}\n";
    }
    files_.append("/log/app.log", text);
  }
  std::unique_ptr<CheckpointStore> store() {
    return std::move(*CheckpointStore::open(files_, clock_, "/state", Durability::kPower));
  }
  // Runs the agent until everything is read and saved.
  void run() {
    const std::unique_ptr<CheckpointStore> kept = store();
    const std::unique_ptr<Pipeline> agent = pipeline(source("app") + counter() + kDrift);
    report_ = kept->loaded().report;
    if (kept->loaded().checkpoint) {
      loaded_ = agent->load(*kept->loaded().checkpoint);
    }
    read(*agent);
    ASSERT_TRUE(kept->save(agent->save()));
    ASSERT_TRUE(kept->save(agent->save()));  // in both slots
    bytes_ = kept->size_bytes();
    SnapshotBuilder builder(clock_.wall());
    agent->collect(builder);
    values_.clear();
    const std::shared_ptr<const Snapshot> snapshot = builder.build();
    for (const MetricFamily& family : snapshot->families()) {
      for (const Sample& sample : family.samples) {
        values_[family.desc.name + "{" + label_words(sample.labels) + "}"] = sample.value;
      }
    }
  }

  int amount_ = 0;
  StateReport loaded_;
  std::uint64_t bytes_ = 0;
  std::map<std::string, double> values_;
};

TEST_F(StateInParts, AFrozenReferenceIsWrittenOnceAndFoundAgain) {
  run();
  const std::string parts = files_.content("/state/parts.1");
  EXPECT_GT(parts.size(), 15'000U);
  EXPECT_LT(bytes_, 12'000U);  // it holds the values of the window
  append(500);
  run();
  append(1000);
  run();
  EXPECT_TRUE(loaded_.discarded.empty()) << testing::PrintToString(loaded_.warnings);
  EXPECT_EQ(files_.content("/state/parts.1"), parts);
  EXPECT_FALSE(files_.exists("/state/parts.2"));
  // As if there had been no restart.
  const std::map<std::string, double> restarted = values_;
  files_.remove_tree("/state");
  run();
  EXPECT_EQ(restarted, values_);
}

TEST_F(StateInParts, ADamagedReferenceCostsItsMonitorOnlyAndIsSaid) {
  run();
  std::string parts = files_.content("/state/parts.1");
  parts.back() = static_cast<char>(parts.back() ^ 1);
  files_.write("/state/parts.1", parts);
  run();
  EXPECT_THAT(report_.warnings, Contains(HasSubstr("'/state/parts.1' is damaged")));
  EXPECT_EQ(loaded_.discarded, (ReasonCounts{{"damaged", 1}}));
  EXPECT_THAT(loaded_.warnings, Contains(HasSubstr("[[drift]] 'amounts' starts afresh: a part of its state")));
  EXPECT_EQ(values_.at("lines_total{}"), 2510);
  EXPECT_EQ(values_.at("leeway_drift_reference_ready{drift=\"amounts\"}"), 0);
  // Not again after the next start.
  run();
  run();
  EXPECT_TRUE(report_.discarded.empty()) << testing::PrintToString(report_.warnings);
}

// A read that fails changes a counter and nothing else.
TEST_F(StateIdentity, WhatAPageShowsIsSavedFirst) {
  const auto store = [this] { return std::move(*CheckpointStore::open(files_, clock_, "/state", Durability::kPower)); };
  const auto errors = [](const Snapshot& snapshot) { return snapshot.status().sources.at(0).poll_errors; };
  std::uint64_t shown = 0;
  for (int run = 0; run < 3; ++run) {
    const std::unique_ptr<CheckpointStore> kept = store();
    const std::unique_ptr<Pipeline> agent = pipeline(source("app", "/log/*.log") + counter());
    Committer committer(clock_, kept.get());
    if (kept->loaded().checkpoint) {
      agent->load(*kept->loaded().checkpoint);
    }
    for (int scrape = 0; scrape < 4; ++scrape) {
      files_.fail(FileOperation::kList, EIO, "", 0, 1);
      clock_.advance(std::chrono::seconds(100));
      agent->discover();
      read(*agent);
      Commit commit = committer.prepare(*agent);
      const Expected<void> written = committer.write(commit);
      committer.publish(*agent, std::move(commit), written);
      ASSERT_GE(errors(*committer.latest()), shown);
      shown = errors(*committer.latest());
    }
  }
  EXPECT_GT(shown, 0U);
}

}  // namespace
}  // namespace leeway
