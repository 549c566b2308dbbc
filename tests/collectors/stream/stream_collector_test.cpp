// What a stream's collector promises: each record once and in order, nothing dropped uncounted, bounded memory, and
// that a reload loses nothing.
#include "collectors/stream/stream_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "collectors/decode/decoder.h"
#include "tests/collectors/stream/scripted_stream.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One record per line: the text is its only column.
class TextDecoder final : public Decoder {
 public:
  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) override {
    for (const Line& line : lines) {
      if (line.text == "bad") {
        reject(counts, "bad", line.text);
      } else if (!line.text.empty()) {
        const Row row = batch.append(kNoTime, line.end);
        batch.cell(0, row) = Value::of_string(line.text);
        padding_ = padding_ + line.text.data()[line.text.size() + kPadding - 1];  // must be readable
      }
    }
  }

 private:
  volatile char padding_ = 0;
};

class StreamCollectorTest : public ::testing::Test {
 protected:
  StreamCollectorTest() { settings_.address = {StreamKind::kTcp, "127.0.0.1", 5514}; }

  void open() {
    make();
    ASSERT_TRUE(collector_->begin_receiving());
  }
  void make() {
    collector_ = std::make_unique<StreamCollector>(settings_, files_, std::make_unique<TextDecoder>(), schema_);
    collector_->set_monotonic_time(now_);
  }
  // SIGHUP.
  void reload() {
    StateWriter saved;
    collector_->save(saved);
    const std::unique_ptr<StreamCollector> before = std::move(collector_);
    make();
    StateReader in(saved.bytes());
    ASSERT_TRUE(collector_->load(in));
    collector_->inherit_open_files(*before);
  }

  void send(std::uint64_t channel, std::string text) {
    files_.script->add([channel, text = std::move(text)](StreamSink& sink) { sink.bytes(channel, text); });
  }
  void send_datagram(std::string text, std::size_t size = 0) {
    files_.script->add(
        [text = std::move(text), size](StreamSink& sink) { sink.datagram(text, std::max(size, text.size())); });
  }
  void end(std::uint64_t channel, bool orderly = true) {
    files_.script->add([channel, orderly](StreamSink& sink) { sink.end(channel, orderly); });
  }
  std::vector<std::string> read() {
    files_.script->settle();
    std::vector<std::string> lines;
    while (poll(lines) == PollState::kMore) {
    }
    return lines;
  }
  PollState poll(std::vector<std::string>& lines) {
    const Expected<PollState> state = collector_->poll(Budget{}, batch_);
    EXPECT_TRUE(state);
    for (const Value& value : batch_.rows() > 0 ? batch_.column(0) : std::span<const Value>()) {
      lines.emplace_back(value.string());
    }
    return *state;
  }
  SourceStatus status() const {
    SourceStatus status;
    collector_->report(status);
    return status;
  }
  void pass(Duration time) {
    now_ += time;
    collector_->set_monotonic_time(now_);
  }

  StreamFiles files_;
  StreamSettings settings_;
  RecordBatch batch_;
  MonotonicTime now_{std::chrono::hours(1)};
  const Schema schema_ = [] {
    Schema schema;
    schema.intern(FieldPath{{"line"}});
    return schema;
  }();
  std::unique_ptr<StreamCollector> collector_;
};

TEST_F(StreamCollectorTest, GivesTheRecordsOfAllConnections) {
  open();
  send(1, "a1\na");
  send(2, "b1\n");
  send(1, "2\nbad\na3");
  end(1);
  EXPECT_THAT(read(), ElementsAre("a1", "b1", "a2", "a3"));
  EXPECT_EQ(status().records, 4U);
  EXPECT_EQ(status().bytes, 16U);  // of five lines, each with its end
  EXPECT_EQ(status().rejects.at("bad"), 1U);
  EXPECT_EQ(status().reject_examples.at("bad").back().file, "tcp://127.0.0.1:5514");
  EXPECT_THAT(read(), IsEmpty());
}

TEST_F(StreamCollectorTest, CountsWhatIsLost) {
  settings_.receiver.max_line = 4;
  open();
  send(1, "12345\nx");
  end(1, false);
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(status().rejects.at("too_long"), 1U);
  EXPECT_EQ(status().lost_bytes.at("oversize"), 6U);
  EXPECT_EQ(status().lost_bytes.at("cut_off"), 1U);
}

TEST_F(StreamCollectorTest, CountsDatagramsThatAreTooLong) {
  settings_.address.kind = StreamKind::kUdp;
  open();
  send_datagram("cut", 70'000);
  send_datagram("whole");
  EXPECT_THAT(read(), ElementsAre("whole"));
  EXPECT_EQ(status().rejects.at("too_long"), 1U);
  EXPECT_EQ(status().lost_bytes.at("oversize"), 70'000U);
}

TEST_F(StreamCollectorTest, CountsWhatTheSystemDropped) {
  settings_.address.kind = StreamKind::kUdp;
  open();
  files_.script->change([](StreamScript& script) { script.status.dropped = 3; });
  read();
  EXPECT_EQ(status().stream->dropped.at("receive_buffer"), 3U);
  reload();
  files_.script->change([](StreamScript& script) { script.status.dropped = 5; });
  read();
  EXPECT_EQ(status().stream->dropped.at("receive_buffer"), 5U);
}

TEST_F(StreamCollectorTest, SendersWaitWhileTheWriterIsBusy) {
  settings_.receiver.buffer = 100;
  open();
  constexpr std::size_t kSent = 50;
  const std::string line(80, 'x');
  for (std::size_t i = 0; i < kSent; ++i) {
    send(1, line + "\n");
  }
  std::vector<std::string> lines;
  while (lines.size() < kSent) {
    EXPECT_LE(status().lag_bytes, 2 * (line.size() + 1));
    poll(lines);
    std::this_thread::yield();
  }
  EXPECT_EQ(lines, std::vector<std::string>(kSent, line));
}

TEST_F(StreamCollectorTest, IsIdleOnceItHasTakenAll) {
  open();
  send(1, "a\nb\n");
  files_.script->settle();
  std::vector<std::string> lines;
  EXPECT_EQ(poll(lines), PollState::kIdle);
  EXPECT_THAT(lines, ElementsAre("a", "b"));
}

TEST_F(StreamCollectorTest, TakesNoMoreThanABatchHolds) {
  open();
  std::string text;
  for (std::size_t i = 0; i < 3 * kMaxBatchRows; ++i) {
    text += "x\n";
  }
  send(1, text);
  files_.script->settle();
  std::vector<std::string> lines;
  EXPECT_EQ(poll(lines), PollState::kMore);
  EXPECT_LE(lines.size(), kMaxBatchRows);
  while (poll(lines) == PollState::kMore) {
  }
  EXPECT_EQ(lines.size(), 3 * kMaxBatchRows);
}

TEST_F(StreamCollectorTest, WakesTheWriter) {
  const auto woken = std::make_shared<std::counting_semaphore<>>(0);
  make();
  collector_->set_wake([woken] { woken->release(); });
  ASSERT_TRUE(collector_->begin_receiving());
  send(1, "a\n");
  woken->acquire();
  EXPECT_THAT(read(), ElementsAre("a"));
}

TEST_F(StreamCollectorTest, JoinsTheLinesOfEachConnection) {
  settings_.join.multiline = *MultilineRule::preset("indent");
  open();
  send(1, "a\n");
  send(2, "b\n");
  send(1, " a2\nc\n");
  send(2, " b2\n");
  EXPECT_THAT(read(), ElementsAre("a\n a2"));
  pass(settings_.join.wait);
  EXPECT_THAT(read(), ElementsAre("c", "b\n b2"));
  send(1, " late\nd\n");
  end(1);
  EXPECT_THAT(read(), ElementsAre("d"));
  EXPECT_EQ(status().rejects.at("late_continuation"), 1U);
}

TEST_F(StreamCollectorTest, JoinsTheLinesOfADatagram) {
  settings_.address.kind = StreamKind::kUdp;
  settings_.join.multiline = *MultilineRule::preset("indent");
  settings_.receiver.message_apart = true;
  open();
  send_datagram("a\n a2\nb");
  send_datagram("c");
  send_datagram(" d");  // of another sender, perhaps: it goes on with nothing
  EXPECT_THAT(read(), ElementsAre("a\n a2", "b", "c", " d"));
}

TEST_F(StreamCollectorTest, AReloadLosesNothing) {
  settings_.join.multiline = *MultilineRule::preset("indent");
  open();
  send(1, "a\n");
  EXPECT_THAT(read(), IsEmpty());  // it may go on
  send(1, " a2\nb");
  files_.script->settle();
  reload();
  EXPECT_EQ(files_.opened, 1);
  send(1, "\nc\n");
  EXPECT_THAT(read(), ElementsAre("a\n a2", "b"));
  collector_->end_receiving();
  EXPECT_THAT(read(), ElementsAre("c"));
  EXPECT_EQ(status().records, 3U);
  EXPECT_EQ(status().bytes, 10U);
}

TEST_F(StreamCollectorTest, AReloadToAnotherAddressTakesWhatArrived) {
  open();
  send(1, "a\n");
  files_.script->settle();
  settings_.address.port = 5515;
  reload();
  EXPECT_EQ(files_.opened, 1);
  ASSERT_TRUE(collector_->discover());
  EXPECT_EQ(files_.opened, 2);
  EXPECT_THAT(read(), ElementsAre("a"));
}

TEST_F(StreamCollectorTest, StopsWithAllThatHasArrived) {
  open();
  send(1, "a\nb");
  files_.script->settle();
  collector_->end_receiving();
  EXPECT_THAT(read(), ElementsAre("a"));
  EXPECT_EQ(status().lost_bytes.at("cut_off"), 1U);  // "b" might have gone on
}

TEST_F(StreamCollectorTest, SaysWhetherSomethingCanArrive) {
  open();
  EXPECT_TRUE(status().stream->open);
  EXPECT_EQ(status().files.front().state, "listening");
  settings_.address = {StreamKind::kFifo, "/f", 0};
  open();
  EXPECT_FALSE(status().stream->open);
  EXPECT_EQ(status().files.front().state, "no writer");
  files_.script->change([](StreamScript& script) { script.status.open = 1; });
  EXPECT_TRUE(status().stream->open);
  settings_.address = {};
  open();
  files_.script->change([](StreamScript& script) { script.status.ended = true; });
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_FALSE(status().stream->open);
  EXPECT_EQ(status().files.front().state, "ended");
  EXPECT_THAT(collector_->take_notes(), ElementsAre(HasSubstr("standard input has ended")));
  ASSERT_TRUE(collector_->discover());
  EXPECT_EQ(files_.opened, 3);  // it is not opened again
}

TEST_F(StreamCollectorTest, OpensAgainWhatFailed) {
  open();
  send(1, "a\n");
  files_.script->settle();
  files_.script->change([](StreamScript& script) { script.failure = Error{ErrorCode::kIo, "broken"}; });
  std::vector<std::string> lines;
  while (files_.opened == 1) {
    ASSERT_TRUE(collector_->discover());
    poll(lines);
  }
  EXPECT_THAT(lines, ElementsAre("a"));
  EXPECT_THAT(collector_->take_notes(), ElementsAre(HasSubstr("opened anew: broken")));
  files_.script->change([](StreamScript& script) { script.path_problem = Error{ErrorCode::kNotFound, "gone"}; });
  files_.problem = Error{ErrorCode::kInUse, "in use"};
  EXPECT_FALSE(collector_->discover());
  EXPECT_FALSE(status().stream->open);
  EXPECT_EQ(status().unreadable_files, 1U);
  EXPECT_EQ(status().files.front().error, "in use");
  files_.problem.reset();
  ASSERT_TRUE(collector_->discover());
  EXPECT_EQ(status().unreadable_files, 0U);
}

TEST_F(StreamCollectorTest, OnlyAFifoMayComeLater) {
  files_.problem = Error{ErrorCode::kNotFound, "no such file"};
  make();
  EXPECT_FALSE(collector_->begin_receiving());
  settings_.address = {StreamKind::kFifo, "/f", 0};
  make();
  EXPECT_TRUE(collector_->begin_receiving());
  EXPECT_TRUE(collector_->discover());  // which is no error either
  EXPECT_FALSE(status().stream->open);
  EXPECT_EQ(status().files.front().state, "missing");
  EXPECT_EQ(status().unreadable_files, 0U);
}

TEST_F(StreamCollectorTest, AReplayReadsToTheEnd) {
  settings_.address = {};
  open();
  send(0, "a\nb");
  end(0);
  files_.script->settle();
  files_.script->change([](StreamScript& script) { script.status.ended = true; });
  std::vector<std::string> lines;
  for (PollState state = PollState::kMore; state == PollState::kMore;) {
    const Expected<PollState> finished = collector_->finish(Budget{}, batch_);
    ASSERT_TRUE(finished);
    state = *finished;
    for (const Value& value : batch_.rows() > 0 ? batch_.column(0) : std::span<const Value>()) {
      lines.emplace_back(value.string());
    }
  }
  EXPECT_THAT(lines, ElementsAre("a", "b"));
}

TEST_F(StreamCollectorTest, KeepsItsCounters) {
  settings_.receiver.max_line = 4;
  open();
  files_.script->change([](StreamScript& script) { script.status.connections = 2; });
  send(1, "12345\na\nbad\n");
  read();
  StateWriter saved;
  collector_->save(saved);
  open();
  StateReader in(saved.bytes());
  ASSERT_TRUE(collector_->load(in));
  ASSERT_TRUE(in.expect_end());
  EXPECT_EQ(status().records, 1U);
  EXPECT_EQ(status().bytes, 6U);
  EXPECT_EQ(status().rejects.at("too_long"), 1U);
  EXPECT_EQ(status().lost_bytes.at("oversize"), 6U);
  EXPECT_EQ(status().stream->connections, 2U);
  StateReader cut(std::string_view(saved.bytes()).substr(0, 3));
  EXPECT_FALSE(collector_->load(cut));
}

}  // namespace
}  // namespace leeway
