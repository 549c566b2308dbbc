// Shared by the kinds of [[quality]] checks for reading their tables: columns, limits and shares. Used by
// quality_kinds.cpp.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/monitors/quality/quality_settings.h"

namespace leeway {

// A check while it is read: the table of its kind, and the settings shared by all of its columns.
struct QualityKindReader {
  TableReader& table;
  Schema& schema;
  QualitySettings& settings;
  QualityCheckSettings check;
};

// The expression's index in QualitySettings::inputs; none after an error.
std::optional<std::size_t> add_input(QualityKindReader& reader, const ConfigValue& value);
// The text of an input, the value of the label `column`.
const std::string& label_of(const QualitySettings& settings, std::size_t input);
// Fields or expressions: a list, or a single one.
std::vector<std::size_t> read_inputs(QualityKindReader& reader, std::string_view key);
// `column` or `columns`: adds a check for each.
void add_per_column(QualityKindReader& reader);
// From 0 to 1.
std::optional<double> read_share(TableReader& table, std::string_view key);
// `min` and `max`; at least one of them is required.
QualityLimits read_min_max(TableReader& table);

}  // namespace leeway
