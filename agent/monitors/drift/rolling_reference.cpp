#include "agent/monitors/drift/rolling_reference.h"

#include <algorithm>
#include <numeric>

#include "agent/monitors/drift/reference_part.h"

namespace leeway {
namespace {

constexpr int kBlocks = 8;  // about so many make up a reference of days
constexpr std::size_t kMostSavedBlocks = 1000;

}  // namespace

std::vector<std::size_t> RollingBlocks::leave(const WindowSpan& window) {
  std::vector<std::size_t> left;
  for (std::size_t i = blocks_.size(); i-- > 0 && window.file != 0;) {
    if (blocks_[i].file == window.file) {
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(i));
      left.push_back(i);
    }
  }
  const TimePoint oldest = settings_->steps.shift(window.begin, -settings_->last_time - slack());
  const auto is_too_old = [&](const WindowSpan& block) {
    return settings_->last_versions != 0 ? blocks_.size() > settings_->last_versions : block.end <= oldest;
  };
  while (!blocks_.empty() && is_too_old(blocks_.front())) {
    blocks_.pop_front();
    left.push_back(0);
  }
  return left;
}

bool RollingBlocks::complete(TimePoint begin, TimePoint start) const {
  // Rows need not begin with the first second of a day.
  const bool from_the_middle =
      settings_->step_time != Duration{} && start != kNoTime && start > begin - settings_->last_time / 10 * 9;
  if (from_the_middle) {
    return false;
  }
  return settings_->last_versions != 0
             ? blocks_.size() == settings_->last_versions
             : first_ != kNoTime && first_ <= settings_->steps.shift(begin, slack() - settings_->last_time);
}

bool RollingBlocks::add(const WindowSpan& window) {
  first_ = first_ == kNoTime ? window.begin : first_;
  const bool joins = settings_->last_versions == 0 && !blocks_.empty() &&
                     window.end - blocks_.back().begin <= settings_->last_time / kBlocks;
  if (joins) {
    blocks_.back().end = window.end;
    blocks_.back().file = 0;
  } else {
    blocks_.push_back(window);
  }
  return joins;
}

std::vector<WindowSpan> RollingBlocks::windows() const {
  const bool whole =
      settings_->step_rows == 0 && std::all_of(blocks_.begin(), blocks_.end(), [this](const WindowSpan& block) {
        return settings_->by_version ? block.end == block.begin
                                     : block.end <= settings_->steps.end(settings_->steps.number(block.begin));
      });
  return whole ? std::vector<WindowSpan>(blocks_.begin(), blocks_.end()) : std::vector<WindowSpan>{};
}

void RollingBlocks::save(StateWriter& out) const {
  out.i64(first_.time_since_epoch().count());
  out.u64(blocks_.size());
  for (const WindowSpan& block : blocks_) {
    out.i64(block.begin.time_since_epoch().count());
    out.i64(block.end.time_since_epoch().count());
    out.u64(block.file);
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
    block.file = in.version() >= kFilesVersion ? in.u64() : 0;
  }
  return {};
}

void RollingReference::discard_open() {
  for (ReferenceCapture& window : open_) {
    window = ReferenceCapture();
  }
}

RollingReference::Block::Block(ReferenceCapture rows)
    : capture(std::make_shared<const ReferenceCapture>(std::move(rows))),
      part([capture = capture]() -> Expected<std::string> {
        StateWriter out;
        capture->save(out);
        return out.take();
      }) {}

void RollingReference::keep(bool joins) {
  if (joins) {
    ReferenceCapture both;
    both.merge(*blocks_.back().capture);
    both.merge(open_.front());
    blocks_.back() = Block(std::move(both));
  } else {
    blocks_.emplace_back(std::move(open_.front()));
  }
  pass();
}

void RollingReference::pass() {
  open_.pop_front();
  open_.emplace_back();
}

std::uint64_t RollingReference::rows() const {
  return std::accumulate(blocks_.begin(), blocks_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Block& block) { return sum + block.capture->rows(); });
}

ReferenceCapture RollingReference::merged() const {
  ReferenceCapture result;
  for (const Block& block : blocks_) {
    result.merge(*block.capture);
  }
  return result;
}

void RollingReference::save(StateWriter& out) const {
  for (const ReferenceCapture& window : open_) {
    window.save(out);
  }
  for (const Block& block : blocks_) {
    out.part(block.part);
  }
}

// Before kPartsVersion, blocks are in place.
Expected<void> RollingReference::load(StateReader& in, std::size_t blocks) {
  Expected<void> loaded;
  for (auto window = open_.begin(); window != open_.end() && loaded; ++window) {
    loaded = window->load(in);
  }
  for (std::size_t i = 0; i < blocks && loaded; ++i) {
    ReferenceCapture block;
    if (in.version() < kPartsVersion) {
      loaded = block.load(in);
    } else if (const Expected<std::string> bytes = in.part(); bytes) {
      StateReader part(*bytes, in.version());
      loaded = block.load(part);
    } else {
      loaded = bytes.error();
    }
    blocks_.emplace_back(std::move(block));
  }
  return loaded;
}

}  // namespace leeway
