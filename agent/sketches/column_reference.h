// What a column looked like when all was well: the frozen reference that a drift monitor compares windows with, and its
// capture from a stream. Used by agent/monitors/drift and by drift_score.
//
// A column's rows fall into cells. Of numbers: missing | below the smallest | about a hundred cells of equal reference
// mass, finer towards both ends | above the largest. Of categories: missing | one a frequent category | the others that
// the reference held | those that it did not. Cells are grouped into bins, the few of which PSI and its like are
// computed: missing, `bins` quantile bins whose outer ones are open, or missing, the frequent categories, all others.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/dependence.h"
#include "agent/sketches/kll_sketch.h"

namespace leeway {

enum class ColumnKind : std::uint8_t { kNumber, kCategory };

struct ReferenceOptions {
  std::uint32_t bins = 10;            // of numbers
  std::uint32_t max_categories = 50;  // with a bin of their own
};

struct ColumnReference {
  static constexpr std::size_t kMissingCell = 0;
  static constexpr std::size_t kBelowCell = 1;  // of numbers

  ColumnKind kind = ColumnKind::kNumber;
  std::uint64_t rows = 0;  // with missing ones
  // How rows depend on those before them: numbers, as rank_dependence() has it; categories, one autoregression. Empty
  // where they do not.
  std::vector<std::vector<double>> dependence;

  std::vector<double> counts;       // rows of each cell; below, above and unseen hold none
  std::vector<std::uint32_t> bins;  // the bin of each cell, 0 being that of missing values
  // Of bins: "missing"; the upper bound of a bin of numbers, "+Inf" for the last; a category, "other" for all others.
  std::vector<std::string> bin_names;

  // Numbers. Cell kBelowCell + 1 + i holds values v with edges[i - 1] < v <= edges[i], the first one down to `minimum`.
  double minimum = 0;
  std::vector<double> edges;
  std::vector<double> positions;  // mean of each cell's values; of missing 0, of the outermost two the extremes
  double mean = 0;
  double deviation = 0;     // standard deviation, n - 1
  double below_excess = 0;  // mean distance from the smallest value at which a yet smaller one is to be expected
  double above_excess = 0;

  // Categories, most frequent first. Those from `frequent` on share the cell of the others.
  std::vector<std::string> categories;
  std::uint32_t frequent = 0;
  std::uint64_t singletons = 0;  // categories seen once: their share is that of rows yet unseen (Good and Turing)

  std::size_t cells() const { return counts.size(); }
  std::size_t bin_count() const { return bin_names.size(); }
  // Of a number that is not NaN; infinities are below or above.
  std::size_t cell_of(double value) const;
  std::size_t unseen_cell() const { return counts.size() - 1; }  // of categories
  std::size_t above_cell() const { return counts.size() - 1; }   // of numbers
  // Sums counts of cells into bins; `out` has bin_count() elements.
  void to_bins(std::span<const double> cell_counts, std::span<double> out) const;
  // 16 hexadecimal digits that name the content.
  std::string id() const;

  void save(StateWriter& out) const;
  static Expected<ColumnReference> load(StateReader& in);
};

// Collects a reference in bounded memory: numbers in a quantile sketch that is exact up to 16,384 values, at most
// kMostCategories texts of their own, up to 450 kB of numbers a column.
class ReferenceCapture {
 public:
  static constexpr std::uint32_t kSketchSize = 16'384;
  static constexpr std::size_t kMostCategories = 10'000;
  static constexpr std::size_t kOrderedRows = 8192;  // the first ones, from which dependence is measured

  ReferenceCapture() : numbers_(kSketchSize) {}

  void add_missing() { ++rows_; }
  void add_number(double finite) { add_numbers(std::span(&finite, 1)); }
  void add_numbers(std::span<const double> finite);
  void add_category(std::string_view text);
  std::uint64_t rows() const { return rows_; }

  // The column is one of numbers if at least half of the rows that are not missing hold one; rows of the other kind
  // count as missing. Without any value it is one of categories.
  ColumnReference freeze(const ReferenceOptions& options) const;

  void save(StateWriter& out) const;
  Expected<void> load(StateReader& in);

 private:
  ColumnReference freeze_numbers(const ReferenceOptions& options) const;
  ColumnReference freeze_categories(const ReferenceOptions& options) const;

  std::uint64_t rows_ = 0;
  KllSketch numbers_;
  std::vector<double> ordered_;
  CategoryRecurrence recurrence_;
  double mean_ = 0;
  double squares_ = 0;  // sum of squared deviations from the mean
  double minimum_ = 0;
  double maximum_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> categories_;
  std::uint64_t texts_ = 0;  // rows with a text, with those of categories beyond kMostCategories
};

}  // namespace leeway
