// Records on their way from the thread that receives them to the writer's thread: bounded, so that a full queue stops
// the receiving, and senders wait or the kernel drops and counts. Used by StreamReceiver and StreamCollector.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "collectors/stream/frame_cutter.h"

namespace leeway {

// Records of one channel, in order.
struct LineBlock {
  std::uint64_t channel = 0;
  std::string text;                 // each record with a newline behind it
  std::vector<std::uint32_t> ends;  // of each record in `text`, without the newline
  bool last = false;                // nothing follows in the channel

  static constexpr std::size_t kMostRecords = 1024;
  static constexpr std::size_t kMostBytes = std::size_t{64} << 10;  // unless a single record is longer

  bool is_full() const { return ends.size() >= kMostRecords || text.size() >= kMostBytes; }
  // Whether `next`, of the same channel, fits behind it.
  bool goes_on_in(const LineBlock& next) const {
    return channel == next.channel && !last && ends.size() + next.ends.size() <= kMostRecords &&
           text.size() + next.text.size() <= kMostBytes;
  }
  void append(const LineBlock& next) {
    const auto before = static_cast<std::uint32_t>(text.size());
    for (const std::uint32_t end : next.ends) {
      ends.push_back(before + end);
    }
    text += next.text;
    last = next.last;
  }
  std::size_t memory() const { return sizeof(*this) + text.size() + ends.size() * sizeof(ends.front()); }
  void add(std::string_view record) {
    text += record;
    ends.push_back(static_cast<std::uint32_t>(text.size()));
    text += '\n';
  }
};

// Safe to use from two threads.
class LineQueue {
 public:
  // `capacity`: bytes of memory.
  explicit LineQueue(std::size_t capacity) : capacity_(capacity) {}

  // --- the receiving thread ---

  // Takes all blocks, and the losses. Returns whether the queue was empty.
  bool put(std::deque<LineBlock>& blocks, FrameLosses& losses);
  // Blocks until the queue is not full; false once close() was called.
  bool wait_for_space();
  bool is_full() const;
  // The receiving thread puts nothing more.
  void finish();

  // --- the writer's thread ---

  void set_capacity(std::size_t bytes);
  // Appends blocks of about `bytes`, at least one if there is any, with at most `records`. Returns whether there are
  // more.
  bool take(std::size_t bytes, std::size_t records, std::deque<LineBlock>& out);
  FrameLosses take_losses();
  // Of the records in it.
  std::size_t bytes() const;
  // Whether no block is left and none will come.
  bool finished() const;
  // Blocks until there is a block, or none will come.
  void wait() const;
  // Ends the receiving; what is in the queue stays.
  void close();

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::size_t capacity_;
  std::size_t memory_ = 0;
  std::size_t bytes_ = 0;
  std::deque<LineBlock> blocks_;
  FrameLosses losses_;
  bool closed_ = false;
  bool finished_ = false;
};

}  // namespace leeway
