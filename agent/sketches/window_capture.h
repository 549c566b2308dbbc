// Collects the windows of a reference while it is captured: up to 32 of them, drawn at random from all. Used by
// ReferenceCapture; the windows of a reference that moves along are its blocks.
//
// The cells of a reference are not known before it is complete. Until then a window's numbers are in a quantile sketch,
// exact up to 1,024 and then with a rank error of 0.3 %, so up to 24 kB, and its texts are counted, up to 4,096
// different ones of all windows together.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/column_reference.h"
#include "agent/sketches/kll_sketch.h"
#include "agent/sketches/reference_capture.h"
#include "agent/sketches/wide_sum.h"

namespace leeway {

class WindowCapture {
 public:
  static constexpr std::size_t kMostWindows = 32;

  void add_missing() { ++current_.rows; }
  void add_numbers(std::span<const double> finite);
  void add_category(std::string_view text);
  // The current window, which began at `begin`, ends. `cut`: it may lack rows, which were not captured; it then counts
  // only if it has nearly as many as the others.
  void end(TimePoint begin, bool cut);
  // The windows that have ended, in the order of time, in the cells of the reference.
  std::vector<ReferenceWindow> windows(const ColumnReference& reference) const;

  void save(StateWriter& out) const;
  // After an error it must be discarded.
  Expected<void> load(StateReader& in);

 private:
  static constexpr std::uint32_t kSketchSize = 1024;
  static constexpr std::size_t kMostTexts = 4096;

  struct Window {
    TimePoint begin = kNoTime;
    bool cut = false;
    std::uint64_t rows = 0;
    WideSum sum;
    KllSketch numbers{kSketchSize};
    std::vector<std::uint64_t> texts;  // rows by code
    std::uint64_t other_texts = 0;     // rows with texts that have no code

    void save(StateWriter& out) const;
    Expected<void> load(StateReader& in);
  };

  static ReferenceWindow in_cells(const ColumnReference& reference, const Window& window,
                                  std::span<const std::size_t> cell_of_code);

  Window current_;
  std::vector<Window> windows_;
  std::uint64_t ended_ = 0;
  std::map<std::string, std::uint32_t, std::less<>> codes_;
};

// All rows of a capture as one window of the reference.
ReferenceWindow window_of(const ReferenceCapture& rows, const ColumnReference& reference);

void save_windows(std::span<const ReferenceWindow> windows, StateWriter& out);
Expected<std::vector<ReferenceWindow>> load_windows(StateReader& in, const ColumnReference& reference);

}  // namespace leeway
