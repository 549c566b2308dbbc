// LogCollector and the order in which files are read: where records have times, always the file whose next record is
// the earliest, up to where another one goes on. Nothing waits in memory for that: what a file may not give yet is read
// again when it is its turn.
#include <algorithm>

#include "collectors/tail/compressed_file.h"
#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

// At most this many reads without a record in one poll().
constexpr int kMaxEmptyReads = 64;
// What was written to a file while it was read, if it is more than half of what was there before, shows that its writer
// is as fast as the reader; less than this says nothing.
constexpr std::uint64_t kFastGrowth = 1 << 20;  // bytes
// Compressed files that are read at a time: the content of each takes memory.
constexpr std::size_t kMaxCompressed = 8;

}  // namespace

void LogCollector::keep_order(const ReadOrder& order) { order_ = order; }

void LogCollector::set_time(TimePoint wall) {
  context_.wall = wall;
  if (order_) {
    context_.latest = wall + std::min(order_->allowed_future, kLastPlausible - wall);
  }
}

std::optional<TimePoint> LogCollector::unread_from() const {
  if (!order_ || queue_.empty() || queue_.at(0).outgrows) {
    return std::nullopt;
  }
  return queue_.at(0).place.due;
}

PollState LogCollector::read_next(Budget budget, RecordBatch& out) {
  for (int i = 0; i < kMaxEmptyReads; ++i) {
    TailedFile* const file = next_queued();
    if (file == nullptr) {
      return std::exchange(applied_lines_, false) ? PollState::kMore : PollState::kIdle;
    }
    if (order_ && !file->looked_ahead) {
      look_ahead(*file, out);
      continue;
    }
    if (order_ && file->place.due > budget.until) {
      return PollState::kWaiting;
    }
    queue_.erase(*file);
    read_one(*file, budget, out);
    if (out.rows() > 0) {
      return PollState::kMore;
    }
  }
  return PollState::kMore;
}

// Not a compressed one, while as many as may be are being read.
TailedFile* LogCollector::next_queued() const {
  std::optional<std::size_t> begun;
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    TailedFile& file = queue_.at(i);
    if (!order_ || !file.compressed() || file.is_open() || !file.looked_ahead) {
      return &file;
    }
    if (!begun) {
      begun = std::count_if(open_.begin(), open_.end(),
                            [](const TailedFile* open) { return open->queued && open->compressed(); });
    }
    if (*begun < kMaxCompressed) {
      return &file;
    }
  }
  return nullptr;
}

// Up to where the file may be read that was taken from the queue.
TimePoint LogCollector::limit_of(const TailedFile& file, TimePoint until) const {
  const TailedFile* const next = order_ && !file.before_others ? next_queued() : nullptr;
  if (next == nullptr) {
    return order_ ? until : TimePoint::max();
  }
  return next->place.due == kNoTime ? kNoTime : std::min(until, next->place.due + order_->slack);
}

// Nothing is known of a file by that but a time: what it is, a copy perhaps, is decided when it is read.
void LogCollector::look_ahead(TailedFile& file, RecordBatch& out) {
  queue_.erase(file);
  file.looked_ahead = true;
  std::unique_ptr<File> opened;
  if (!file.is_open()) {
    Expected<std::unique_ptr<File>> content = open_content(file_system_, file.path());
    opened = content ? *std::move(content) : nullptr;
  }
  if (file.is_open() || opened != nullptr) {
    file.look_ahead(context_, file.is_open() ? file.content() : *opened, out);
    out.reset(columns_);
  }
  queue_.push(file, due_of(file));
}

TimePoint LogCollector::due_of(const TailedFile& file) {
  if (!order_) {
    return kNoTime;
  }
  const TimePoint due = file.due();
  return due == kNoTime && file.looked_ahead ? reached_ : due;  // it takes turns with the others
}

void LogCollector::enqueue(TailedFile& file) {
  if (!file.queued) {
    file.outgrows = false;
    file.known_size = file.compressed() ? UINT64_MAX : file.unread();
    file.known_rest = file.known_size;
    queue_.push(file, due_of(file));
  }
}

// After `size` bytes of a file were read, which has more.
void LogCollector::requeue(TailedFile& file, std::uint64_t size) {
  const bool one_by_one = !order_ && file.compressed() && file.rotated;  // the content of each is in memory
  if (file.queued) {
    return;
  }
  if (one_by_one || file.before_others) {
    queue_.push_first(file);
    return;
  }
  if (file.known_rest > size) {
    file.known_rest -= size;
  } else {  // what is left was written meanwhile
    const std::uint64_t before = std::exchange(file.known_size, file.unread());
    file.known_rest = file.known_size;
    file.outgrows = file.outgrows || file.known_size > std::max(kFastGrowth, before / 2);
  }
  if (order_ && file.outgrows) {  // it may never end
    queue_.push_last(file);
  } else {
    queue_.push(file, due_of(file));
  }
}

}  // namespace leeway
