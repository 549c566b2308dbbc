#include "agent/monitors/drift/rolling_reference.h"

#include <numeric>

namespace leeway {
namespace {

constexpr int kBlocks = 8;  // about so many make up a reference of days
constexpr std::size_t kMostSavedBlocks = 1000;

}  // namespace

std::size_t RollingBlocks::leave(TimePoint begin) {
  const std::size_t before = blocks_.size();
  if (settings_->last_versions != 0) {
    while (blocks_.size() > settings_->last_versions) {
      blocks_.pop_front();
    }
  } else {
    while (!blocks_.empty() && blocks_.front().end <= begin - settings_->last_time - slack()) {
      blocks_.pop_front();
    }
  }
  return before - blocks_.size();
}

bool RollingBlocks::complete(TimePoint begin) const {
  return settings_->last_versions != 0 ? blocks_.size() == settings_->last_versions
                                       : first_ != kNoTime && begin - first_ >= settings_->last_time - slack();
}

bool RollingBlocks::add(const WindowSpan& window) {
  first_ = first_ == kNoTime ? window.begin : first_;
  const bool joins = settings_->last_versions == 0 && !blocks_.empty() &&
                     window.end - blocks_.back().begin <= settings_->last_time / kBlocks;
  if (joins) {
    blocks_.back().end = window.end;
  } else {
    blocks_.push_back(window);
  }
  return joins;
}

void RollingBlocks::save(StateWriter& out) const {
  out.i64(first_.time_since_epoch().count());
  out.u64(blocks_.size());
  for (const WindowSpan& block : blocks_) {
    out.i64(block.begin.time_since_epoch().count());
    out.i64(block.end.time_since_epoch().count());
  }
}

Expected<void> RollingBlocks::load(StateReader& in) {
  first_ = TimePoint(Duration(in.i64()));
  const std::uint64_t blocks = in.count(2);
  if (!in.ok() || blocks > kMostSavedBlocks) {
    return Error{ErrorCode::kCorrupt, "saved blocks of a reference are invalid"};
  }
  blocks_.assign(blocks, {});
  for (WindowSpan& block : blocks_) {
    block.begin = TimePoint(Duration(in.i64()));
    block.end = TimePoint(Duration(in.i64()));
  }
  return {};
}

void RollingReference::discard_open() {
  for (ReferenceCapture& window : open_) {
    window = ReferenceCapture();
  }
}

void RollingReference::keep(bool joins) {
  if (joins) {
    blocks_.back().merge(open_.front());
  } else {
    blocks_.push_back(std::move(open_.front()));
  }
  pass();
}

void RollingReference::pass() {
  open_.pop_front();
  open_.emplace_back();
}

std::uint64_t RollingReference::rows() const {
  return std::accumulate(blocks_.begin(), blocks_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const ReferenceCapture& block) { return sum + block.rows(); });
}

ReferenceCapture RollingReference::merged() const {
  ReferenceCapture result;
  for (const ReferenceCapture& block : blocks_) {
    result.merge(block);
  }
  return result;
}

void RollingReference::save(StateWriter& out) const {
  for (const std::deque<ReferenceCapture>* captures : {&open_, &blocks_}) {
    for (const ReferenceCapture& capture : *captures) {
      capture.save(out);
    }
  }
}

Expected<void> RollingReference::load(StateReader& in, std::size_t blocks) {
  blocks_.resize(blocks);
  Expected<void> loaded;
  for (std::deque<ReferenceCapture>* captures : {&open_, &blocks_}) {
    for (auto capture = captures->begin(); capture != captures->end() && loaded; ++capture) {
      loaded = capture->load(in);
    }
  }
  return loaded;
}

}  // namespace leeway
