#include "collectors/stream/line_queue.h"

#include <utility>

namespace leeway {

bool LineQueue::put(std::deque<LineBlock>& blocks, FrameLosses& losses) {
  const std::lock_guard lock(mutex_);
  const bool was_empty = blocks_.empty();
  for (LineBlock& block : blocks) {
    bytes_ += block.text.size();
    if (!blocks_.empty() && blocks_.back().goes_on_in(block)) {
      memory_ -= blocks_.back().memory();
      blocks_.back().append(block);
    } else {
      blocks_.push_back(std::move(block));
    }
    memory_ += blocks_.back().memory();
  }
  blocks.clear();
  losses_.add(losses);
  losses = {};
  changed_.notify_all();
  return was_empty;
}

bool LineQueue::wait_for_space() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return memory_ < capacity_ || closed_; });
  return !closed_;
}

bool LineQueue::is_full() const {
  const std::lock_guard lock(mutex_);
  return memory_ >= capacity_;
}

void LineQueue::finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

void LineQueue::set_capacity(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
  changed_.notify_all();
}

bool LineQueue::take(std::size_t bytes, std::size_t records, std::deque<LineBlock>& out) {
  const std::lock_guard lock(mutex_);
  std::size_t taken = 0;
  std::size_t rows = 0;
  while (!blocks_.empty() && (taken == 0 || taken + blocks_.front().text.size() <= bytes) &&
         rows + blocks_.front().ends.size() <= records) {
    taken += blocks_.front().text.size();
    rows += blocks_.front().ends.size();
    memory_ -= blocks_.front().memory();
    out.push_back(std::move(blocks_.front()));
    blocks_.pop_front();
  }
  bytes_ -= taken;
  changed_.notify_all();
  return !blocks_.empty();
}

FrameLosses LineQueue::take_losses() {
  const std::lock_guard lock(mutex_);
  return std::exchange(losses_, {});
}

std::size_t LineQueue::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

bool LineQueue::finished() const {
  const std::lock_guard lock(mutex_);
  return finished_ && blocks_.empty();
}

void LineQueue::wait() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !blocks_.empty() || finished_; });
}

void LineQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace leeway
