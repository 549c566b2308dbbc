// Makes the checks of [[quality]], by their input; each function returns nullptr for the kinds of the others. Used by
// quality_check.cpp.
#pragma once

#include <memory>

#include "agent/monitors/quality/quality_check.h"

namespace leeway {

// Checks of the run as a whole: rows, their newest time, columns.
std::unique_ptr<QualityCheck> make_table_check(const QualityCheckSettings& settings);
// Checks of equal values: unique, distinct, varies.
std::unique_ptr<QualityCheck> make_value_check(const QualityCheckSettings& settings);
// Checks of finite numbers: moments and their changes, quantile, correlation, order of the groups' means.
std::unique_ptr<QualityCheck> make_number_check(const QualityCheckSettings& settings);

}  // namespace leeway
