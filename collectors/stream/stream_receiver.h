// Receives from one stream on a thread of its own, so that neither the writer waits for a sender nor a kernel's buffer
// overflows while the writer is busy. Used by StreamCollector.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "agent/core/stream_endpoint.h"
#include "collectors/stream/frame_cutter.h"
#include "collectors/stream/line_queue.h"

namespace leeway {

struct ReceiverOptions {
  Framing framing = Framing::kAuto;
  std::size_t max_line = std::size_t{1} << 20;
  std::size_t buffer = std::size_t{16} << 20;  // bytes: of the queue and, apart from it, of unfinished lines
  bool message_apart = false;                  // each datagram is a channel of its own

  bool operator==(const ReceiverOptions&) const = default;
};

// Used on the writer's thread.
class StreamReceiver final : private StreamSink, private RecordSink {
 public:
  // kIo where no thread can be started.
  static Expected<std::unique_ptr<StreamReceiver>> start(std::unique_ptr<StreamEndpoint> endpoint,
                                                         const ReceiverOptions& options, std::function<void()> wake);
  ~StreamReceiver() override;
  StreamReceiver(const StreamReceiver&) = delete;
  StreamReceiver& operator=(const StreamReceiver&) = delete;

  // What a reload changed, but for the framing.
  void configure(const ReceiverOptions& options, std::function<void()> wake);
  LineQueue& queue() { return queue_; }
  const LineQueue& queue() const { return queue_; }
  StreamStatus status() const { return endpoint_->status(); }
  Expected<void> check_path() const { return endpoint_->check_path(); }
  // Why nothing more is received, if that is not because of stop() or the end of standard input.
  Expected<void> outcome() const;
  // Takes what has arrived and ends the receiving. The queue stays.
  void stop();

 private:
  StreamReceiver(std::unique_ptr<StreamEndpoint> endpoint, const ReceiverOptions& options, std::function<void()> wake);

  void run();
  Expected<void> receive_all();
  void hand_over();
  void wake_if_due();
  ReceiverOptions options() const;

  void bytes(std::uint64_t channel, std::string_view bytes) override;
  void end(std::uint64_t channel, bool orderly) override;
  void datagram(std::string_view text, std::size_t size) override;
  void record(std::string_view text) override;

  const std::unique_ptr<StreamEndpoint> endpoint_;
  LineQueue queue_;
  mutable std::mutex mutex_;  // of the next four
  ReceiverOptions shared_options_;
  std::function<void()> wake_;
  Expected<void> outcome_;

  // --- of the thread ---

  ReceiverOptions options_;
  std::unordered_map<std::uint64_t, FrameCutter> cutters_;
  std::size_t held_ = 0;  // bytes, in all of them
  std::uint64_t channel_ = 0;
  std::uint64_t datagrams_ = 0;
  std::deque<LineBlock> blocks_;
  FrameLosses losses_;
  MonotonicTime wake_at_{};  // no time: there is nothing to be woken for
  std::jthread thread_;
};

}  // namespace leeway
