#include "agent/monitors/quality/quality_kinds.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/core/units.h"
#include "agent/monitors/quality/quality_kind_reader.h"

namespace leeway {
namespace {

constexpr std::int64_t kDefaultKeys = 200'000;
constexpr std::int64_t kMostKeys = 10'000'000;
constexpr std::size_t kMostSetValues = 10'000;

struct KindEntry {
  QualityKind kind;
  const char* name;
  QualityValue value;
  const char* alert;
  const char* words;
  void (*read)(QualityKindReader& reader);
};

void read_limits(QualityKindReader& reader) { reader.check.limits = read_min_max(reader.table); }
void read_highest_share(QualityKindReader& reader, std::string_view key) {
  reader.check.limits.maximum = read_share(reader.table, key).value_or(0);
}

void read_left_out(QualityKindReader& reader) {
  reader.check.max_left_out = read_share(reader.table, "max_left_out").value_or(0);
}

void read_whole(QualityKindReader& reader) {
  read_limits(reader);
  reader.settings.checks.push_back(reader.check);
}
void read_column_limits(QualityKindReader& reader) {
  read_limits(reader);
  add_per_column(reader);
}
void read_statistic(QualityKindReader& reader) {
  read_left_out(reader);
  read_column_limits(reader);
}
void read_column_share(QualityKindReader& reader) {
  read_highest_share(reader, "max");
  add_per_column(reader);
}

void read_freshness(QualityKindReader& reader) {
  const Duration limit = reader.table.duration("max").value_or(std::chrono::hours(1));
  if (!reader.table.has("max")) {
    reader.table.missing("max", "an age such as \"26h\"");
  }
  reader.check.limits.maximum = to_seconds(limit);
  if (reader.table.has("column")) {
    read_left_out(reader);
    add_per_column(reader);
  } else {
    reader.settings.checks.push_back(reader.check);
  }
}

void read_columns(QualityKindReader& reader) {
  reader.check.limits.minimum = 1;
  std::vector<std::string> names;
  for (const char* const key : {"required", "optional"}) {
    if (!reader.table.has(key)) {
      continue;
    }
    for (const std::size_t input : read_inputs(reader, key)) {
      const Expression& expression = reader.settings.inputs[input];
      if (expression.as_field() == nullptr) {
        reader.table.error(key, "'" + expression.text() + "' is not a column; expected names of columns");
        continue;
      }
      const FieldPath& path = reader.schema.fields()[*expression.as_field()];
      const bool plain = path.steps.size() == 1 && std::holds_alternative<std::string>(path.steps.front());
      if (const std::string* const outer = std::get_if<std::string>(&path.steps.front()); outer != nullptr && !plain) {
        names.push_back(*outer);  // the column of a member of a struct
      }
      names.push_back(plain ? std::get<std::string>(path.steps.front()) : path.to_string());
      if (key == std::string_view("required")) {
        QualityCheckSettings check = reader.check;
        check.inputs = {input};
        check.column = expression.text();
        check.texts = {names.back()};
        reader.settings.checks.push_back(std::move(check));
      }
    }
  }
  if (reader.table.choice("extra", {"allowed", "forbidden"}, "allowed") == "forbidden") {
    if (!reader.settings.names_columns) {
      reader.table.error("extra",
                         "this source does not say which columns its data have, so the check would never be judged; "
                         "expected a source of type \"file\" with the format csv, tsv or parquet");
    }
    QualityCheckSettings check = reader.check;
    check.kind = QualityKind::kExtraColumns;
    check.name = "extra_" + check.name;
    check.limits = {std::nullopt, 0};
    std::sort(names.begin(), names.end());
    check.texts = std::move(names);
    reader.settings.checks.push_back(std::move(check));
  } else if (!reader.table.has("required")) {
    reader.table.missing("required", "a list of columns");
  }
}

void read_type(QualityKindReader& reader) {
  const std::optional<std::string> type = reader.table.choice("is", {"number", "integer", "text", "boolean"});
  if (!reader.table.has("is")) {
    reader.table.missing("is", "\"number\", \"integer\", \"text\" or \"boolean\"");
  }
  reader.check.type = type == "integer"   ? QualityType::kInteger
                      : type == "text"    ? QualityType::kText
                      : type == "boolean" ? QualityType::kBoolean
                                          : QualityType::kNumber;
  read_highest_share(reader, "max_ratio");
  add_per_column(reader);
}

// The number as it is written.
std::optional<Value> exact_number(TableReader& table, std::string_view key, const std::optional<double>& number) {
  if (!number) {
    return std::nullopt;
  }
  const std::int64_t* const integer = table.value(key, KeyType::kNumber)->get_if<std::int64_t>();
  return integer != nullptr ? Value::of_int(*integer) : Value::of_double(*number);
}

void read_range(QualityKindReader& reader) {
  const QualityLimits limits = read_min_max(reader.table);
  reader.check.range = {exact_number(reader.table, "min", limits.minimum),
                        exact_number(reader.table, "max", limits.maximum)};
  read_highest_share(reader, "max_ratio");
  add_per_column(reader);
}

void read_in_set(QualityKindReader& reader) {
  const ConfigValue* const value = reader.table.value("values", KeyType::kList);
  const ConfigArray* const list = value == nullptr ? nullptr : value->get_if<ConfigArray>();
  if (list == nullptr || list->empty() || list->size() > kMostSetValues) {
    reader.table.error("values", "'values' is not a list of 1 to " + std::to_string(kMostSetValues) + " values");
  } else {
    for (const ConfigValue& entry : *list) {
      if (const std::string* const text = entry.get_if<std::string>()) {
        reader.check.texts.push_back(*text);
      } else if (const std::int64_t* const integer = entry.get_if<std::int64_t>()) {
        reader.check.scalars.push_back(Value::of_int(*integer));
      } else if (const double* const number = entry.get_if<double>(); number != nullptr && !std::isnan(*number)) {
        reader.check.scalars.push_back(Value::of_double(*number));
      } else if (number != nullptr) {
        reader.table.diagnostics().error(
            entry.position(),
            reader.table.what() + ": 'values' holds nan, which equals no value; nan_ratio counts such values");
      } else if (const bool* const flag = entry.get_if<bool>()) {
        reader.check.scalars.push_back(Value::of_bool(*flag));
      } else {
        reader.table.diagnostics().error(entry.position(), reader.table.what() + ": 'values' holds " +
                                                               std::string(entry.type_name()) +
                                                               "; expected texts, numbers, true or false");
      }
    }
  }
  read_highest_share(reader, "max_ratio");
  add_per_column(reader);
}

// A text literal of the expression language.
std::string text_literal(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
    }
    result += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return result + "\"";
}

// The pattern becomes an expression, because expressions use RE2 already.
void read_matches(QualityKindReader& reader) {
  const std::optional<std::string> pattern = reader.table.string("pattern");
  if (!pattern) {
    if (!reader.table.has("pattern")) {
      reader.table.missing("pattern", "a regular expression");
    }
    reader.table.accept("column");
    reader.table.accept("columns");
    reader.table.accept("max_ratio");
    return;
  }
  read_highest_share(reader, "max_ratio");
  const std::size_t before = reader.settings.checks.size();
  add_per_column(reader);
  for (std::size_t i = before; i < reader.settings.checks.size(); ++i) {
    QualityCheckSettings& check = reader.settings.checks[i];
    const Position position = reader.table.position("pattern");
    const ConfigValue text("matches(" + check.column + ", " + text_literal(*pattern) + ")", position, position);
    if (const std::optional<std::size_t> input = add_input(reader, text)) {
      check.inputs = {*input};
    }
  }
}

void read_expression(QualityKindReader& reader) {
  const ConfigValue* const value = reader.table.value("that", KeyType::kText);
  if (value == nullptr) {
    reader.table.missing("that", "an expression that is true or false");
  } else if (std::optional<Expression> expression = reader.table.compile(*value, reader.schema, StaticType::kBool)) {
    reader.check.inputs = {reader.settings.add_input(std::move(*expression))};
  }
  reader.check.limits.minimum = read_share(reader.table, "min_ratio").value_or(1);
  reader.settings.checks.push_back(reader.check);
}

std::string joined(const QualitySettings& settings, const std::vector<std::size_t>& inputs) {
  std::string text;
  for (const std::size_t input : inputs) {
    text += (text.empty() ? "" : ",") + label_of(settings, input);
  }
  return text;
}

void read_unique(QualityKindReader& reader) {
  reader.check.inputs = read_inputs(reader, "columns");
  reader.check.column = joined(reader.settings, reader.check.inputs);
  reader.check.max_keys = static_cast<std::size_t>(reader.table.integer("max_keys", 1, kMostKeys, kDefaultKeys));
  read_highest_share(reader, "max_ratio");
  read_left_out(reader);
  reader.settings.checks.push_back(reader.check);
}

void read_varies(QualityKindReader& reader) {
  read_left_out(reader);
  reader.check.limits.minimum = 1;
  add_per_column(reader);
}

void read_quantile(QualityKindReader& reader) {
  const std::optional<double> quantile = read_share(reader.table, "q");
  if (!reader.table.has("q")) {
    reader.table.missing("q", "a share of the values such as 0.95");
  }
  reader.check.quantile = quantile.value_or(0);
  read_statistic(reader);
}

void read_correlation(QualityKindReader& reader) {
  reader.check.inputs = read_inputs(reader, "columns");
  if (reader.check.inputs.size() != 2 && reader.table.has("columns")) {
    reader.table.error("columns", "'columns' has " + std::to_string(reader.check.inputs.size()) + "; expected two");
  }
  reader.check.column = joined(reader.settings, reader.check.inputs);
  read_left_out(reader);
  read_whole(reader);
}

void read_group_order(QualityKindReader& reader) {
  for (const char* const key : {"group", "value"}) {
    const std::vector<std::size_t> inputs = read_inputs(reader, key);
    if (inputs.size() > 1) {
      reader.table.error(key, "'" + std::string(key) + "' is a list; expected one field or expression");
    }
    reader.check.inputs.insert(reader.check.inputs.end(), inputs.begin(), inputs.end());
  }
  const bool descending = reader.table.has("descending");
  if (descending == reader.table.has("ascending")) {
    reader.table.error("ascending", "in which order are the means? expected one of 'ascending' and 'descending'");
  }
  reader.check.texts =
      reader.table.strings(descending ? "descending" : "ascending").value_or(std::vector<std::string>{"", " "});
  if (reader.check.texts.size() < 2) {
    reader.table.error(descending ? "descending" : "ascending", "one group has no order; expected two or more");
  }
  if (descending) {
    std::reverse(reader.check.texts.begin(), reader.check.texts.end());
  }
  std::vector<std::string> sorted = reader.check.texts;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    reader.table.error(descending ? "descending" : "ascending", "a group is named twice");
  }
  reader.check.limits.maximum = 0;
  read_left_out(reader);
  reader.check.column = reader.check.inputs.size() == 2 ? label_of(reader.settings, reader.check.inputs[1]) : "";
  reader.settings.checks.push_back(reader.check);
}

using enum QualityKind;
constexpr QualityValue kNumber = QualityValue::kNumber;
constexpr QualityValue kRatio = QualityValue::kRatio;

// In the order of QualityKind.
constexpr std::array<KindEntry, kQualityKinds> kKinds{{
    {kRows, "rows", kNumber, "Rows", "number of rows", read_whole},
    {kRowsChange, "rows_change", kRatio, "RowsChange", "change of the number of rows", read_whole},
    {kFreshness, "freshness", QualityValue::kSeconds, "Stale", "age of the newest row", read_freshness},
    {kColumns, "columns", kNumber, "ColumnMissing", "whether the column is present", read_columns},
    {kExtraColumns, "extra_columns", kNumber, "ExtraColumns", "number of unexpected columns", nullptr},
    {kType, "type", kRatio, "Type", "share of values of another type", read_type},
    {kNullRatio, "null_ratio", kRatio, "NullRatio", "share of rows without a value", read_column_share},
    {kNanRatio, "nan_ratio", kRatio, "NanRatio", "share of values that are not a number", read_column_share},
    {kInfRatio, "inf_ratio", kRatio, "InfRatio", "share of infinite values", read_column_share},
    {kRange, "range", kRatio, "Range", "share of values outside the range", read_range},
    {kInSet, "in_set", kRatio, "UnknownValue", "share of values outside the set", read_in_set},
    {kMatches, "matches", kRatio, "Pattern", "share of values that do not match", read_matches},
    {kExpression, "expression", kRatio, "Expression", "share of rows that pass", read_expression},
    {kUnique, "unique", kRatio, "DuplicateKeys", "share of rows that repeat a key", read_unique},
    {kDistinct, "distinct", kNumber, "Distinct", "number of distinct values", read_statistic},
    {kVaries, "varies", kNumber, "ConstantColumn", "whether there are two different values", read_varies},
    {kMean, "mean", kNumber, "Mean", "mean", read_statistic},
    {kStd, "std", kNumber, "Std", "standard deviation", read_statistic},
    {kMinimum, "minimum", kNumber, "Minimum", "smallest value", read_statistic},
    {kMaximum, "maximum", kNumber, "Maximum", "largest value", read_statistic},
    {kQuantile, "quantile", kNumber, "Quantile", "quantile", read_quantile},
    {kMeanChange, "mean_change", kRatio, "MeanChange", "change of the mean", read_statistic},
    {kStdChange, "std_change", kRatio, "StdChange", "change of the standard deviation", read_statistic},
    {kCorrelation, "correlation", kNumber, "Correlation", "correlation", read_correlation},
    {kGroupOrder, "group_order", kNumber, "GroupOrder", "number of means out of order", read_group_order},
}};

const KindEntry& entry_of(QualityKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

// `freshness = "26h"` is short for { max = "26h" }, `expression = "a <= b"` for { that = "a <= b" }.
const char* key_of_short_form(QualityKind kind) {
  return kind == kFreshness ? "max" : kind == kExpression ? "that" : kind == kVaries ? "column" : "";
}

std::optional<ConfigValue> short_form(QualityKind kind, const ConfigValue& value) {
  const char* const key = key_of_short_form(kind);
  if (*key == '\0' || value.get_if<std::string>() == nullptr) {
    return std::nullopt;
  }
  ConfigTable table;
  table.set(key, value);
  return ConfigValue(std::move(table), value.position(), value.key_position());
}

}  // namespace

bool leaves_out(const QualityCheckSettings& check) {
  return check.kind >= kUnique || (check.kind == kFreshness && !check.inputs.empty());
}
std::string_view to_string(QualityKind kind) { return entry_of(kind).name; }
QualityValue value_of(QualityKind kind) { return entry_of(kind).value; }
std::string_view alert_name(QualityKind kind) { return entry_of(kind).alert; }
std::string_view words_of(QualityKind kind) { return entry_of(kind).words; }

void read_quality_kind(TableReader& reader, Schema& schema, QualitySettings& settings) {
  std::string known;
  const KindEntry* found = nullptr;
  for (const KindEntry& kind : kKinds) {
    if (kind.read == nullptr) {
      continue;
    }
    known += (known.empty() ? "" : ", ") + std::string(kind.name);
    if (!reader.has(kind.name)) {
      continue;
    }
    if (found != nullptr) {
      reader.error(kind.name, "two kinds of check in one, '" + std::string(found->name) + "' and '" + kind.name +
                                  "'; expected a [[quality.check]] for each");
      return;
    }
    found = &kind;
  }
  if (found == nullptr) {
    reader.error("name", "what is checked? expected one of " + known);
    return;
  }
  QualityEntry& entry = settings.entries.back();
  entry.kind = found->kind;
  entry.name = reader.string("name").value_or(found->name);
  const ConfigValue& given = *reader.value(
      found->name, *key_of_short_form(found->kind) == '\0' ? KeyType::kTable : KeyType::kTable | KeyType::kText);
  const std::optional<ConfigValue> full = short_form(found->kind, given);
  const ConfigValue& value = full ? *full : given;
  const ConfigTable* const table = value.get_if<ConfigTable>();
  if (table == nullptr) {
    reader.error(found->name, "'" + std::string(found->name) + "' is " + std::string(given.type_name()) +
                                  "; expected a table such as { column = \"age\", … }");
    return;
  }
  TableReader inner(*table, value.position(), reader.what() + ": " + found->name, reader.diagnostics());
  QualityKindReader kind{inner, schema, settings, {}};
  kind.check.kind = found->kind;
  kind.check.entry = settings.entries.size() - 1;
  kind.check.name = entry.name;
  found->read(kind);
  inner.report_unused_keys();
  entry.limits = kind.check.limits;
}

}  // namespace leeway
