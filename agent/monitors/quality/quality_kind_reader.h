// What the kinds of check of [[quality]] share in reading their tables: columns, limits and shares. Used by
// quality_kinds.cpp.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/monitors/quality/quality_settings.h"

namespace leeway {

// A check while it is read: the table of its kind, and what all of its columns share.
struct QualityKindReader {
  TableReader& table;
  Schema& schema;
  QualitySettings& settings;
  QualityCheckSettings check;
};

// The expression's place in QualitySettings::inputs; none after an error.
std::optional<std::size_t> add_input(QualityKindReader& reader, const ConfigValue& value);
// Its text, which names a column in labels.
const std::string& label_of(const QualitySettings& settings, std::size_t input);
// Fields or expressions: a list, or one alone.
std::vector<std::size_t> read_inputs(QualityKindReader& reader, std::string_view key);
// `column` or `columns`: adds a check for each.
void add_per_column(QualityKindReader& reader);
// From 0 to 1.
std::optional<double> read_share(TableReader& table, std::string_view key);
// `min` and `max`, of which one at least is there.
QualityLimits read_min_max(TableReader& table);

}  // namespace leeway
