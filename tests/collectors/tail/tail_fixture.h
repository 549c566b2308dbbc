// A log source over files in memory, for the tests of the tail: what a pipeline would do to it, and the lines it
// returns.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "collectors/records/record_decoder.h"
#include "collectors/tail/log_collector.h"
#include "tests/support/memory_file_system.h"

namespace leeway {

// One record per line: the text is its only column. Lines in envelopes are taken out of them first. A number behind
// "line " is its time, in seconds.
class LineDecoder final : public Decoder {
 public:
  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& /*counts*/) override {
    for (const Line& line : lines) {
      if (!line.text.empty()) {
        const Row row = batch.append(time_of(line.text), line.end);
        batch.cell(0, row) = Value::of_string(line.text);
      }
      padding_ = padding_ + line.text.data()[line.text.size() + kPadding - 1];  // must be readable
    }
  }

 private:
  static TimePoint time_of(std::string_view text) {
    int seconds = 0;
    const bool timed = text.starts_with("line ") &&
                       std::from_chars(text.data() + 5, text.data() + text.size(), seconds).ec == std::errc();
    return timed ? TimePoint(std::chrono::seconds(seconds)) : kNoTime;
  }

  volatile char padding_ = 0;
};

class Tail {
 public:
  explicit Tail(MemoryFileSystem& files, std::vector<std::string> patterns, TailOptions options = {},
                std::vector<std::string> excludes = {})
      : files_(files), paths_{to_globs(patterns), to_globs(excludes)}, options_(options) {
    rules_.join = options.join;
    start();
  }

  // A new process. State that the old one did not save is forgotten, except `lines`.
  void start() {
    std::unique_ptr<Decoder> decoder = std::make_unique<LineDecoder>();
    if (rules_.join.envelope != Envelope::kNone) {
      decoder = std::make_unique<RecordDecoder>(rules_, std::move(decoder), schema_);
    }
    collector_ = std::make_unique<LogCollector>(paths_, options_, files_, std::move(decoder), schema_);
    collector_->set_monotonic_time(now_);
    if (order_) {
      collector_->keep_order(*order_);
    }
  }
  // From now on lines of several files are read in the order of their times.
  void read_in_order(Duration slack) {
    order_ = {slack, Duration::max()};
    collector_->keep_order(*order_);
  }
  void start_from(const std::string& state) {
    start();
    ASSERT_TRUE(load(state));
  }
  void restart() { start_from(save()); }

  // SIGHUP.
  void reload() {
    const std::string state = save();
    const std::unique_ptr<LogCollector> before = std::move(collector_);
    start_from(state);
    collector_->inherit_open_files(*before);
  }

  std::string save() const {
    StateWriter out;
    collector_->save(out);
    return out.take();
  }
  Expected<void> load(std::string_view state) {
    StateReader in(state);
    const Expected<void> loaded = collector_->load(in);
    return loaded ? in.expect_end() : loaded;
  }

  PollState poll(std::size_t bytes = Budget{}.bytes) { return take(collector_->poll(Budget{bytes}, batch_)); }
  bool poll_with_errors(std::size_t bytes) {
    const Expected<PollState> state = collector_->poll(Budget{bytes}, batch_);
    count_batch();
    return static_cast<bool>(state);
  }
  // Polls until nothing is left; a collector that never becomes idle fails the test.
  void poll_all() {
    for (int i = 0; i < kMaxPolls; ++i) {
      if (poll() == PollState::kIdle) {
        return;
      }
    }
    ADD_FAILURE() << "the collector is never idle";
  }
  void finish() {
    while (take(collector_->finish(Budget{}, batch_)) == PollState::kMore) {
    }
  }
  // A second after the last one.
  Expected<void> discover() {
    pass(kLookInterval);
    return discover_now();
  }
  Expected<void> discover_now() { return collector_->discover(); }
  void pass(Duration time) {
    now_ += time;
    collector_->set_monotonic_time(now_);
  }
  void look() {
    EXPECT_TRUE(discover());
    poll_all();
  }
  // Long enough for rotated files to be finished.
  void settle() {
    for (Duration waited{}; waited < options_.rotate_wait + std::chrono::seconds(4); waited += kLookInterval) {
      look();
    }
  }

  void settle_with_errors() {
    for (int i = 0; i < 10; ++i) {
      static_cast<void>(discover());
      static_cast<void>(collector_->poll(Budget{}, batch_));
      count_batch();
    }
  }

  SourceStatus status() const {
    SourceStatus status;
    collector_->report(status);
    return status;
  }
  std::uint64_t lost(const std::string& reason) const { return status().lost_bytes.at(reason); }
  const LogCollector& collector() const { return *collector_; }

  std::vector<std::string> lines;
  std::vector<std::string> notes;

 private:
  static constexpr int kMaxPolls = 100'000;
  static constexpr Duration kLookInterval = std::chrono::seconds(1);

  static std::vector<Glob> to_globs(const std::vector<std::string>& patterns) {
    return {patterns.begin(), patterns.end()};
  }

  PollState take(const Expected<PollState>& state) {
    EXPECT_TRUE(state) << state.error().to_string();
    count_batch();
    return state ? *state : PollState::kIdle;
  }
  void count_batch() {
    for (const Value& value : batch_.rows() > 0 ? batch_.column(0) : std::span<const Value>()) {
      lines.emplace_back(value.string());
    }
    for (std::string& note : collector_->take_notes()) {
      notes.push_back(std::move(note));
    }
  }

  MemoryFileSystem& files_;
  LogPaths paths_;
  TailOptions options_;
  RecordRules rules_;
  RecordBatch batch_;
  MonotonicTime now_{std::chrono::hours(1)};
  const Schema schema_ = [] {
    Schema schema;
    schema.intern(FieldPath{{"line"}});
    return schema;
  }();
  std::optional<ReadOrder> order_;
  std::unique_ptr<LogCollector> collector_;
};

// From the first to before the second: LEEWAY_RANDOM_SEEDS, "from to", for long runs (see rotations in tests/run.sh).
inline std::pair<unsigned, unsigned> random_seeds(unsigned usual) {
  std::pair<unsigned, unsigned> seeds{0, usual};
  if (const char* range = std::getenv("LEEWAY_RANDOM_SEEDS"); range != nullptr) {
    std::istringstream(range) >> seeds.first >> seeds.second;
  }
  return seeds;
}

}  // namespace leeway
