// The reference of a [[drift]] that moves along with its windows: what the windows of the last days, or the last
// versions, hold, without the window that is judged. Windows are kept in blocks, which leave as a whole.
// RollingBlocks decides, once for all columns of a segment, when a block begins and leaves; RollingReference holds the
// blocks of one column. Used by DriftSegment and DriftColumn.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/state_io.h"
#include "agent/monitors/drift/drift_settings.h"
#include "agent/sketches/column_reference.h"
#include "agent/sketches/reference_capture.h"

namespace leeway {

struct WindowSpan {
  TimePoint begin = kNoTime;
  TimePoint end = kNoTime;
  std::uint64_t file = 0;  // identifies the file of a version that may be delivered again; 0: of none, or of several
};

class RollingBlocks {
 public:
  // The settings must outlive it.
  explicit RollingBlocks(const DriftSettings& settings) : settings_(&settings) {}

  // Before a window is compared: removes the blocks that are too old, and the earlier versions of its file, which it
  // replaces. Returns their indices, each when those before were removed.
  std::vector<std::size_t> leave(const WindowSpan& window);
  // Before a window that begins at `begin`: whether what is left reaches back as far as the settings say. The first row
  // of all was at `start`, which may be in the middle of a window; kNoTime if that is not known.
  bool complete(TimePoint begin, TimePoint start) const;
  // After that: adds the window. Returns whether it joins the last block; otherwise it begins one.
  bool add(const WindowSpan& window);

  std::size_t size() const { return blocks_.size(); }
  // The blocks, if each of them is one window that may be compared with the others.
  std::vector<WindowSpan> windows() const;
  void save(StateWriter& out) const;
  Expected<void> load(StateReader& in);

 private:
  // Files of each night come at about the same time: windows of versions may be off by that much.
  Duration slack() const { return settings_->by_version ? settings_->last_time / 16 : Duration{}; }

  const DriftSettings* settings_;
  std::deque<WindowSpan> blocks_;
  TimePoint first_ = kNoTime;  // when the first window of all began
};

class RollingReference {
 public:
  // With so many windows that are open at a time.
  explicit RollingReference(std::size_t open) : open_(open) {}

  // Of the open windows, the oldest is 0.
  ReferenceCapture& open(std::size_t window) { return open_[window]; }
  const ReferenceCapture& open(std::size_t window) const { return open_[window]; }
  void discard_open();
  // The oldest open window ends: it joins the last block, or begins one; or it is empty and only followed by the next.
  void keep(bool joins);
  void pass();
  // Of the blocks, the oldest is 0.
  void drop(std::size_t block) { blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(block)); }

  std::uint64_t rows() const;  // of all blocks
  ReferenceCapture merged() const;
  // 0 is the oldest.
  const ReferenceCapture& block(std::size_t i) const { return *blocks_[i].capture; }

  void save(StateWriter& out) const;
  // After an error it must be discarded.
  Expected<void> load(StateReader& in, std::size_t blocks);

 private:
  // Does not change: it is saved once.
  struct Block {
    explicit Block(ReferenceCapture rows);

    std::shared_ptr<const ReferenceCapture> capture;
    StatePart part;
  };

  std::deque<ReferenceCapture> open_;
  std::deque<Block> blocks_;
};

}  // namespace leeway
