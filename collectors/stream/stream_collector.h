// Runs the sources `stdin`, `fifo` and `socket`: records that cannot be read again, each counted at most once. Built by
// StreamSource, driven by the pipeline on the writer's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/collector.h"
#include "agent/core/file_system.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/json_fields.h"
#include "collectors/records/line_joiner.h"
#include "collectors/stream/stream_receiver.h"

namespace leeway {

struct StreamSettings {
  StreamAddress address;
  StreamOptions endpoint{};
  ReceiverOptions receiver{};
  JoinRules join{};
};

class StreamCollector final : public Collector {
 public:
  // `files` outlives the collector; `schema` is the one that `decoder` was made for.
  StreamCollector(StreamSettings settings, FileSystem& files, std::unique_ptr<Decoder> decoder, const Schema& schema);

  Expected<void> begin_receiving() override;
  Expected<PollState> poll(Budget budget, RecordBatch& out) override;
  // Blocks until something arrives or standard input, or a FIFO's writer, has ended.
  Expected<PollState> finish(Budget budget, RecordBatch& out) override;
  Expected<void> discover() override;
  void end_receiving() override;
  void set_time(TimePoint wall) override { decoder_->set_modified(wall); }
  void set_monotonic_time(MonotonicTime now) override { now_ = now; }
  void set_wake(const std::function<void()>& wake) override { wake_ = wake; }
  void inherit_open_files(Collector& predecessor) override;
  std::vector<std::string> take_notes() override { return std::exchange(notes_, {}); }
  std::vector<std::string> watch_directories() const override { return {}; }
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void report(SourceStatus& out) const override;

 private:
  struct Counters {
    std::uint64_t bytes = 0;
    std::uint64_t records = 0;
    std::uint64_t connections = 0;
    std::uint64_t joined = 0;
    DecodeCounts decode;
    ReasonCounts lost_bytes;
    ReasonCounts dropped;  // datagrams and connections
  };
  // The lines of a channel that may belong to a record that goes on.
  struct Open {
    LineBlock lines;
    bool begun = false;  // a record came before them
    MonotonicTime since{};
  };

  Expected<void> open();
  void close();
  void count_endpoint();
  void count_losses();
  void decode_blocks(Budget budget, RecordBatch& out);
  void join_blocks(RecordBatch& out);
  void join(const LineBlock& block, bool complete, RecordBatch& out);
  bool is_due(const Open& open) const;
  bool has_due_records() const;
  void complete_open(RecordBatch& out);
  void decode(std::span<const Line> lines, RecordBatch& out);
  void lines_of(const LineBlock& block, const char* text);
  std::string state() const;

  const StreamSettings settings_;
  FileSystem& files_;
  const std::unique_ptr<Decoder> decoder_;
  const std::size_t columns_;
  JsonFields json_fields_;
  LineJoiner joiner_;
  std::function<void()> wake_;
  MonotonicTime now_{};

  std::unique_ptr<StreamReceiver> receiver_;  // null: not open
  std::string error_;                         // why
  bool missing_ = false;                      // a FIFO that does not exist
  StreamStatus seen_;                         // of the endpoint, as far as it was counted
  bool stopping_ = false;
  std::deque<LineBlock> blocks_;  // taken from the queue
  std::map<std::uint64_t, Open> open_;
  std::vector<Line> lines_;
  Counters counters_;
  RejectExamples examples_;
  std::vector<std::string> notes_;
};

}  // namespace leeway
