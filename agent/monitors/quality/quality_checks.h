// Makes the checks of [[quality]], by what they look at; each function gives nullptr for kinds of the others. Used by
// quality_check.cpp.
#pragma once

#include <memory>

#include "agent/monitors/quality/quality_check.h"

namespace leeway {

// Of the run as a whole: rows, their newest time, columns.
std::unique_ptr<QualityCheck> make_table_check(const QualityCheckSettings& settings);
// Of which values are equal: unique, distinct, varies.
std::unique_ptr<QualityCheck> make_value_check(const QualityCheckSettings& settings);
// Of finite numbers: moments and their changes, quantile, correlation, order of the groups' means.
std::unique_ptr<QualityCheck> make_number_check(const QualityCheckSettings& settings);

}  // namespace leeway
