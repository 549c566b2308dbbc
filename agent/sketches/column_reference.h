// The frozen reference of a column that a drift monitor compares windows with, taken while the data was healthy by
// ReferenceCapture. Used by agent/monitors/drift and by drift_score.
//
// A column's rows fall into cells. For numbers: missing | below the smallest | about a hundred cells of equal reference
// mass, finer towards both ends | above the largest. For categories: missing | one per frequent category | the others
// in the reference | those not in the reference. Cells are grouped into a few bins, from which PSI and similar scores
// are computed. Of categories: missing, the frequent ones, all others. If the others have a noticeable share of the
// rows they are spread over several cells, each a bin, by a hash of their text: those in the reference, and those that
// are not, whose share is expected to be that of the categories seen once (Good-Turing). So windows of new identifiers
// are as expected, and many rows of one of the others are not. With more categories than are counted, those in the
// reference and those not in it share these bins. Of numbers: missing, one for each value that is
// frequent (at least a quarter of an equal bin's rows), quantile bins of the rest, the outer ones open, and if there
// are frequent values one for the others: what lies beside or between them where the reference has nothing, or all that
// is not frequent if that is less than half a bin. A change to values that the reference lacks is thus seen in the bins
// also where the reference consists of a few values, or of one.
//
// Scores that compare values use those of the reference, each with its rows: exact up to 16,384 rows, or 1,024 distinct
// values; quantiles beyond.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/column_facts.h"
#include "agent/sketches/kll_sketch.h"
#include "agent/sketches/reference_window.h"
#include "agent/sketches/row_order.h"
#include "agent/sketches/value_counts.h"

namespace leeway {

// The largest number that is less: cells (just_below(v), v] hold v alone.
double just_below(double value);
// Of a number in ColumnReference::bin_names.
std::string bin_name(double number);

// A category, or a number, with fewer rows has no bin of its own (Cochran).
inline constexpr std::uint64_t kFrequentRows = 5;

enum class ColumnKind : std::uint8_t { kNumber, kCategory };

// Classes of texts by a hash that is the same in all releases: categories without a bin of their own share one by
// class.
inline constexpr std::uint32_t kTextClasses = 10;
std::uint32_t class_of_text(std::string_view text);

// Gives each name that occurs twice a suffix: a category may be called like another bin. The names of bins that are no
// category, the first and the last ones, stay as they are.
void make_names_unique(std::vector<std::string>& names);

// Ascending, each once, and the bounds of their error as in ColumnReference.
struct ReferenceValues {
  std::vector<WeightedValue> values;
  double rank_error = 0;
  double distance_error = 0;
};

// How bins are cut.
enum class BinRule : std::uint8_t {
  kShares,     // as above
  kEvidently,  // the scores that Evidently has follow its definition: of numbers on bins of each window and the
               // reference
  kNannyMl,    // numbers by Doane's rule, and one bin for all that is outside
  kGiven,      // numbers by edges that users give
};
// Those of other tools have a bin for each category of the reference, and none for missing values.
inline bool is_of_other_tool(BinRule rule) { return rule == BinRule::kEvidently || rule == BinRule::kNannyMl; }

struct ReferenceOptions {
  std::uint32_t bins = 10;            // of numbers
  std::uint32_t max_categories = 50;  // with their own bin
  BinRule rule = BinRule::kShares;
  std::vector<double> edges;  // of kGiven
  RowOrder order = RowOrder::kTime;
};

struct ColumnReference {
  static constexpr std::size_t kMissingCell = 0;
  static constexpr std::size_t kBelowCell = 1;  // of numbers

  ColumnKind kind = ColumnKind::kNumber;
  BinRule rule = BinRule::kShares;
  std::uint64_t rows = 0;                // including missing ones
  ColumnFacts facts;                     // for users; not part of save() and of the content that id() identifies
  std::vector<ReferenceWindow> windows;  // that it was captured over, or some of them; likewise
  // How rows depend on those before them: for numbers the result of rank_dependence(), for categories one
  // autoregression. Empty if they do not.
  std::vector<std::vector<double>> dependence;

  std::vector<double> counts;       // rows of each cell, expected ones of unseen categories; 0 for below and above
  std::vector<std::uint32_t> bins;  // the bin of each cell; 0 is the bin of missing values
  // "missing"; a frequent number, or the upper bound of a bin of numbers, "+Inf" for the last; a category; "other"; or
  // "other 1", ..., "unseen 1", ... Each is unique.
  std::vector<std::string> bin_names;

  // Numbers. Cell kBelowCell + 1 + i holds values v with edges[i - 1] < v <= edges[i], the first one down to `minimum`.
  double minimum = 0;
  std::vector<double> edges;
  std::vector<double> positions;      // mean of each cell's values; 0 for missing, the extremes for the outermost two
  std::vector<WeightedValue> values;  // ascending, each once
  // Bounds of how far `values` are from those of all rows, 0 if they are exact: of the distribution function, and of
  // the integral of its error, in units of the values.
  double rank_error = 0;
  double distance_error = 0;
  double mean = 0;
  double mean_rest = 0;     // how much the mean is above `mean`, which is rounded
  double deviation = 0;     // standard deviation, n - 1: the unit of scores
  double below_excess = 0;  // expected distance below the smallest value of a value that is smaller still
  double above_excess = 0;

  // Categories, most frequent first. Those from index `frequent` on share the cell of the others.
  std::vector<std::string> categories;
  std::uint32_t frequent = 0;
  std::uint64_t singletons = 0;  // categories seen once: estimates the share of unseen rows (Good-Turing)
  std::uint64_t doubletons = 0;  // categories seen twice: estimates the error of this share; 0 if it is not expected
  std::uint32_t groups = 1;      // cells of the others, and of those that are unseen

  std::size_t cells() const { return counts.size(); }
  std::uint64_t value_rows() const { return rows - static_cast<std::uint64_t>(counts[kMissingCell]); }
  std::size_t bin_count() const { return bin_names.size(); }
  // `value` is not NaN; infinities are below or above.
  std::size_t cell_of(double value) const;
  // Of categories; `index` is one of `categories`.
  std::size_t category_cell(std::size_t index) const;
  std::size_t unseen_cell(std::uint32_t text_class) const { return 1 + frequent + groups + group_of(text_class); }
  // Whether rows of unseen categories have cells of their own: not with more categories than are counted.
  bool tells_unseen() const { return groups == 1 || bins.back() != bins[bins.size() - 1 - groups]; }
  std::size_t above_cell() const { return counts.size() - 1; }  // of numbers
  // Adds the rows of ascending distinct numbers to their cells.
  void add_to_cells(std::span<const WeightedValue> numbers, std::span<double> cell_counts) const;
  // Sums the counts of cells per bin; `out` has bin_count() elements.
  void to_bins(std::span<const double> cell_counts, std::span<double> out) const;
  // 16 hexadecimal digits that identify the content.
  std::string id() const;

  void save(StateWriter& out) const;
  static Expected<ColumnReference> load(StateReader& in);

  // For references saved without values: those of the cells, whose largest share is then the rank error.
  void complete_values();

 private:
  std::size_t group_of(std::uint32_t text_class) const { return std::size_t{text_class} * groups / kTextClasses; }
};

}  // namespace leeway
