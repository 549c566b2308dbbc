// Whether the order of a reference's rows is that of time, so that what neighbours have in common is dependence that
// thresholds must account for, or comes from how a table was written: sorted, or grouped by another column. Used by
// reference_capture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/sketches/dependence.h"

namespace leeway {

enum class RowOrder : std::uint8_t {
  kTime,      // neighbours may depend on each other
  kAny,       // they do not
  kDetected,  // kAny for a column that is nearly sorted, or grouped, see is_order_of_table()
};

// Whether numbers are as of a table that is sorted or grouped: nearly all steps go the same way, also where several
// sorted tables follow each other; or the correlation hardly decays over 20 rows, or slowly and would leave fewer than
// 50 independent rows. Half of the series of 3,000 rows with a correlation of .98 of neighbours count as such, and
// hardly any with .95.
bool is_order_of_table(std::span<const double> series);
// Likewise by the autocorrelations at lags 1 to 20 and the autoregression that was fitted to them.
bool is_order_of_table(std::span<const double> autocorrelations, std::span<const double> fit, std::uint64_t rows);

// As ColumnReference::dependence: of numbers, and of categories.
std::vector<std::vector<double>> dependence_of_rows(std::span<const double> series, RowOrder order);
std::vector<std::vector<double>> dependence_of_rows(const CategoryRecurrence& categories, double concentration,
                                                    RowOrder order);

// So many independent rows have as exact a mean as `rows` with that dependence, in its strongest direction.
double effective_rows(std::span<const std::vector<double>> dependence, std::uint64_t rows);

}  // namespace leeway
