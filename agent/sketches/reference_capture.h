// Collects the reference of a column from a stream, in bounded memory. Used by agent/monitors/drift.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/column_reference.h"
#include "agent/sketches/dependence.h"
#include "agent/sketches/fine_cells.h"
#include "agent/sketches/kll_sketch.h"
#include "agent/sketches/moments.h"
#include "agent/sketches/value_counts.h"

namespace leeway {

class ReferenceCells;
class WindowCapture;

// Numbers in a quantile sketch that is exact up to 16,384 values, then also in
// cells of these, and each distinct one up to kMostDistinct; at most kMostCategories distinct texts; up to 900 kB of
// numbers per column.
class ReferenceCapture {
 public:
  static constexpr std::uint32_t kSketchSize = 16'384;
  static constexpr std::size_t kMostDistinct = 1024;
  static constexpr std::size_t kMostCategories = 10'000;
  static constexpr std::uint32_t kStateVersion =
      3;  // of the component that saves it: earlier ones lack distinct values
  static constexpr std::uint32_t kDividedVersion = 5;  // earlier ones lack windows
  static constexpr std::uint32_t kDistancesVersion = FineSums::kDistancesVersion;
  static constexpr std::size_t kOrderedRows = 8192;  // the first ones, from which dependence is measured

  ReferenceCapture();
  ReferenceCapture(ReferenceCapture&& other) noexcept;
  ReferenceCapture& operator=(ReferenceCapture&& other) noexcept;
  ~ReferenceCapture();

  // Before the first row: also captures the windows that end_window() divides the rows into.
  void divide();
  // As WindowCapture::end(); nothing without divide().
  void end_window(TimePoint begin, bool cut);
  void add_missing();
  void add_number(double finite) { add_numbers(std::span(&finite, 1)); }
  void add_numbers(std::span<const double> finite);
  void add_category(std::string_view text);
  std::uint64_t rows() const { return rows_; }
  // Adds all rows of `other`, which follow.
  void merge(const ReferenceCapture& other);
  // What it holds: all numbers, ascending; rows of texts by text, without those beyond kMostCategories; rows of texts.
  std::vector<WeightedValue> numbers() const { return values().values; }
  const std::map<std::string, std::uint64_t, std::less<>>& categories() const { return categories_; }
  std::uint64_t texts() const { return texts_; }
  // Rows of the texts beyond kMostCategories, by class_of_text().
  const std::array<std::uint64_t, kTextClasses>& beyond() const { return beyond_; }

  // The column is numeric if at least half of the rows that are not missing hold a number; rows of the other kind
  // count as missing. A column without any value is categorical.
  ColumnReference freeze(const ReferenceOptions& options) const;

  void save(StateWriter& out) const;
  Expected<void> load(StateReader& in);

 private:
  void load_beyond(bool is_saved, StateReader& in);
  void add_ordered(std::span<const double> numbers);
  void count_category(std::string_view text, std::uint64_t rows);
  void group_others(const std::vector<std::uint64_t>& rows, ColumnReference& result) const;
  void count_distinct(std::span<const double> finite);
  void count_in_cells(std::span<const double> finite);
  ReferenceValues values() const;
  ColumnReference freeze_numbers(const ReferenceOptions& options) const;
  ColumnReference freeze_categories(const ReferenceOptions& options) const;

  std::uint64_t rows_ = 0;
  KllSketch numbers_;
  ValueCounts distinct_;
  bool few_values_ = true;                 // distinct_ has all numbers
  std::unique_ptr<ReferenceCells> cells_;  // of all numbers, once there are more than kSketchSize
  std::vector<double> ordered_;
  CategoryRecurrence recurrence_;
  CloseMean mean_;
  double minimum_ = 0;
  double maximum_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> categories_;
  std::uint64_t texts_ = 0;  // rows with a text, including those of categories beyond kMostCategories
  std::array<std::uint64_t, kTextClasses> beyond_{};
  std::unique_ptr<WindowCapture> windows_;
};

}  // namespace leeway
