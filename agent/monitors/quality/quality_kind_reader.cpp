#include "agent/monitors/quality/quality_kind_reader.h"

#include <algorithm>
#include <cmath>

#include "agent/core/number_text.h"

namespace leeway {

std::optional<std::size_t> add_input(QualityKindReader& reader, const ConfigValue& value) {
  std::optional<Expression> expression = reader.table.compile(value, reader.schema);
  return expression ? std::optional(reader.settings.add_input(std::move(*expression))) : std::nullopt;
}

const std::string& label_of(const QualitySettings& settings, std::size_t input) {
  return settings.inputs[input].text();
}

std::vector<std::size_t> read_inputs(QualityKindReader& reader, std::string_view key) {
  std::vector<std::size_t> inputs;
  const ConfigValue* const value = reader.table.value(key, KeyType::kText | KeyType::kTexts);
  if (value == nullptr) {
    reader.table.missing(key, "a field or an expression");
    return inputs;
  }
  const ConfigArray* const list = value->get_if<ConfigArray>();
  const ConfigArray alone{*value};
  for (const ConfigValue& entry : list != nullptr ? *list : alone) {
    const std::optional<std::size_t> input = add_input(reader, entry);
    if (input && std::find(inputs.begin(), inputs.end(), *input) != inputs.end()) {
      reader.table.diagnostics().error(entry.position(), reader.table.what() + ": the column '" +
                                                             label_of(reader.settings, *input) + "' is named twice");
    } else if (input) {
      inputs.push_back(*input);
    }
  }
  if (list != nullptr && list->empty()) {
    reader.table.error(key, "'" + std::string(key) + "' is empty; expected at least one column");
  }
  return inputs;
}

void add_per_column(QualityKindReader& reader) {
  if (reader.table.has("column") && reader.table.has("columns")) {
    reader.table.error("columns", "which columns? expected one of 'column' and 'columns'");
  }
  for (const std::size_t input : read_inputs(reader, reader.table.has("columns") ? "columns" : "column")) {
    QualityCheckSettings check = reader.check;
    check.inputs = {input};
    check.column = label_of(reader.settings, input);
    reader.settings.checks.push_back(std::move(check));
  }
}

namespace {

std::optional<double> read_finite(TableReader& table, std::string_view key) {
  const std::optional<double> number = table.number(key);
  if (number && !std::isfinite(*number)) {
    table.error(key, "'" + std::string(key) + "' is not finite; expected a number, or no such key");
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::optional<double> read_share(TableReader& table, std::string_view key) {
  const std::optional<double> share = table.number(key);
  if (share && !(*share >= 0 && *share <= 1)) {
    table.error(key, "'" + std::string(key) + "' is " + number_text(*share) + "; expected a share from 0 to 1");
    return std::nullopt;
  }
  return share;
}

QualityLimits read_min_max(TableReader& table) {
  const QualityLimits limits{read_finite(table, "min"), read_finite(table, "max")};
  if (!table.has("min") && !table.has("max")) {
    table.missing("min", "'min', 'max' or both");
  }
  if (limits.minimum && limits.maximum && *limits.minimum > *limits.maximum) {
    table.error("min", "'min' is above 'max', so nothing would ever pass");
  }
  return limits;
}

}  // namespace leeway
