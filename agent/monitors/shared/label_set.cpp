#include "agent/monitors/shared/label_set.h"

#include <algorithm>

#include "agent/config/metric_names.h"
#include "agent/core/nearest_word.h"

namespace leeway {
namespace {

constexpr std::int64_t kLongestLabelLimit = 4096;  // bytes
constexpr std::string_view kAnyOther = "*";

// Labels are text, but users write numbers and booleans too.
std::optional<std::string> scalar_text(const ConfigValue& value) {
  if (const auto* text = value.get_if<std::string>()) {
    return *text;
  }
  if (const auto* integer = value.get_if<std::int64_t>()) {
    return std::to_string(*integer);
  }
  if (const auto* boolean = value.get_if<bool>()) {
    return *boolean ? "true" : "false";
  }
  return std::nullopt;
}

std::string last_step(const FieldPath& path) {
  const std::string* name = path.steps.empty() ? nullptr : std::get_if<std::string>(&path.steps.back());
  return name == nullptr ? path.to_string() : *name;
}

bool can_be_label(StaticType type) {
  return type == StaticType::kAny || type == StaticType::kBool || type == StaticType::kInt ||
         type == StaticType::kDouble || type == StaticType::kString;
}

// A table under `key`, or null; anything else is an error.
const ConfigTable* table_at(TableReader& reader, std::string_view key, std::string_view example) {
  const ConfigValue* value = reader.value(key, KeyType::kNamed);
  if (value == nullptr) {
    return nullptr;
  }
  const auto* table = value->get_if<ConfigTable>();
  if (table == nullptr) {
    reader.error(key, std::string(key) + " is " + std::string(value->type_name()) +
                          "; expected a table by label, as in " + std::string(example));
  }
  return table;
}

// The known values of one label; reports values that are not scalars, and repetitions.
std::vector<std::string> read_known_values(TableReader& reader, const std::string& name, const ConfigValue& value) {
  std::vector<std::string> texts;
  const auto* array = value.get_if<ConfigArray>();
  if (array == nullptr || array->empty()) {
    reader.diagnostics().error(value.position(), "known values of label '" + name +
                                                     "': expected an array with at least one value, as in "
                                                     "values = { status = [\"200\", \"500\"] }");
    return texts;
  }
  for (const ConfigValue& element : *array) {
    const std::optional<std::string> text = scalar_text(element);
    if (!text) {
      reader.diagnostics().error(element.position(), "a known value of label '" + name + "' is " +
                                                         std::string(element.type_name()) + "; expected a string");
    } else if (std::find(texts.begin(), texts.end(), *text) != texts.end()) {
      reader.diagnostics().error(element.position(), "label '" + name + "' lists '" + *text + "' twice");
    } else {
      texts.push_back(*text);
    }
  }
  return texts;
}

}  // namespace

LabelSet LabelSet::read(TableReader& reader, const Schemas& schemas, MetricType type, const LabelKeys& keys) {
  LabelSet set;
  SeriesOptions& options = set.options_;
  options.max_series = static_cast<std::size_t>(reader.integer("max_series", 1, keys.most_series, keys.max_series));
  options.max_label_length =
      static_cast<std::size_t>(reader.integer("max_label_length", static_cast<std::int64_t>(kShortestLabelLimit),
                                              kLongestLabelLimit, static_cast<std::int64_t>(options.max_label_length)));
  options.expire = reader.duration("expire");
  set.read_labels(reader, schemas, type, keys.labels);
  set.read_map(reader);
  if (keys.takes_values) {
    set.read_values(reader);
  }
  return set;
}

void LabelSet::add(TableReader& reader, MetricType type, const std::string& name, const ConfigValue& at,
                   SourceExpression expression) {
  if (const std::optional<std::string> problem = label_name_problem(name, type)) {
    reader.diagnostics().error(at.position(), *problem);
    return;
  }
  const std::vector<std::string> known = names();
  if (std::find(known.begin(), known.end(), name) != known.end()) {
    reader.diagnostics().error(at.position(), "label '" + name + "' is given twice; labels of a metric are unique");
    return;
  }
  if (!can_be_label(expression.type())) {
    reader.diagnostics().error(at.position(), "label '" + name + "' would be a " +
                                                  std::string(to_string(expression.type())) +
                                                  "; expected a string, a number or a boolean");
    return;
  }
  options_.labels.push_back({name});
  expressions_.push_back(std::move(expression));
}

void LabelSet::read_labels(TableReader& reader, const Schemas& schemas, MetricType type, std::string_view key) {
  const ConfigValue* labels = reader.value(key, KeyType::kText | KeyType::kTexts | KeyType::kNamedTexts);
  if (labels == nullptr) {
    return;
  }
  const auto add_field = [&](const ConfigValue& value) {
    std::optional<SourceExpression> expression = SourceExpression::compile(reader, value, schemas);
    if (!expression) {
      return;
    }
    if (!expression->as_field()) {
      reader.diagnostics().error(value.position(),
                                 "'" + expression->text() +
                                     "' is not a field; expected a path such as \"http.code\", or for an expression "
                                     "the form " +
                                     std::string(key) + " = { name = \"expression\" }");
      return;
    }
    const std::string name = last_step(*expression->as_field());
    add(reader, type, name, value, std::move(*expression));
  };
  if (const auto* array = labels->get_if<ConfigArray>()) {
    std::for_each(array->begin(), array->end(), add_field);
  } else if (const auto* table = labels->get_if<ConfigTable>()) {
    for (const auto& [name, value] : table->entries()) {
      if (std::optional<SourceExpression> expression = SourceExpression::compile(reader, value, schemas)) {
        add(reader, type, name, value, std::move(*expression));
      }
    }
  } else if (labels->get_if<std::string>() != nullptr) {
    add_field(*labels);
  } else {
    reader.error(key, "'" + std::string(key) + "' is " + std::string(labels->type_name()) +
                          "; expected fields, as in [\"endpoint\", \"method\"], or a table of expressions, as in "
                          "{ code = \"http.code\" }");
  }
}

LabelSpec* LabelSet::find(TableReader& reader, const std::string& name, const ConfigValue& at) {
  const auto found = std::find_if(options_.labels.begin(), options_.labels.end(),
                                  [&name](const LabelSpec& label) { return label.name == name; });
  if (found == options_.labels.end()) {
    const std::vector<std::string> known = names();
    reader.diagnostics().error(at.key_position(), "the metric has no label '" + name + "'" + did_you_mean(name, known));
    return nullptr;
  }
  return &*found;
}

void LabelSet::read_map(TableReader& reader) {
  const std::string_view example = "map = { status = { \"200\" = \"ok\", \"*\" = \"other\" } }";
  const ConfigTable* table = table_at(reader, "map", example);
  if (table == nullptr) {
    return;
  }
  for (const auto& [name, value] : table->entries()) {
    LabelSpec* label = find(reader, name, value);
    const auto* mapping = value.get_if<ConfigTable>();
    if (mapping == nullptr) {
      reader.diagnostics().error(value.position(), "the map of label '" + name + "' is " +
                                                       std::string(value.type_name()) + "; expected a table, as in " +
                                                       std::string(example));
    }
    if (label == nullptr || mapping == nullptr) {
      continue;
    }
    for (const auto& [from, to] : mapping->entries()) {
      const std::optional<std::string> text = scalar_text(to);
      if (!text) {
        reader.diagnostics().error(to.position(), "the map of label '" + name + "' writes " +
                                                      std::string(to.type_name()) + "; expected a string");
      } else if (from == kAnyOther) {
        label->map_other = *text;
      } else {
        label->map.emplace(from, *text);
      }
    }
  }
}

void LabelSet::read_values(TableReader& reader) {
  const ConfigTable* table = table_at(reader, "values", "values = { status = [\"200\", \"500\"] }");
  if (table == nullptr) {
    return;
  }
  std::vector<std::vector<std::string>> known(options_.labels.size());
  for (const auto& [name, value] : table->entries()) {
    if (const LabelSpec* label = find(reader, name, value)) {
      known[static_cast<std::size_t>(label - options_.labels.data())] = read_known_values(reader, name, value);
    }
  }
  initial_.assign(1, {});
  for (std::size_t label = 0; label < known.size(); ++label) {
    if (known[label].empty()) {
      reader.error("values", "label '" + options_.labels[label].name +
                                 "' has no known values; a series can start at 0 only if the values of all labels are "
                                 "known");
      initial_.clear();
      return;
    }
    if (initial_.size() * known[label].size() > options_.max_series) {
      reader.error("values", "the known values make more series than max_series = " +
                                 std::to_string(options_.max_series) + " allows");
      initial_.clear();
      return;
    }
    std::vector<std::vector<std::string>> longer;
    for (const std::vector<std::string>& start : initial_) {
      for (const std::string& text : known[label]) {
        longer.push_back(start);
        longer.back().push_back(text);
      }
    }
    initial_ = std::move(longer);
  }
}

std::vector<std::string> LabelSet::names() const {
  std::vector<std::string> result;
  for (const LabelSpec& label : options_.labels) {
    result.push_back(label.name);
  }
  return result;
}

std::span<const LabelColumn> LabelSet::columns(const RecordBatch& batch, std::span<const Row> rows) {
  columns_.clear();
  for (SourceExpression& each : expressions_) {
    Expression& expression = each.of(batch);
    if (const FieldId* field = expression.as_field()) {
      columns_.push_back({batch.column(*field).data(), true});
    } else {
      columns_.push_back({expression.evaluate(batch, rows).data(), false});
    }
  }
  return columns_;
}

void LabelSet::note_skipped(const RecordBatch& batch, Row row) {
  for (SourceExpression& each : expressions_) {
    Expression& expression = each.of(batch);
    const Failure failure = LabelInterner::failure_of(expression.evaluate(batch, std::span(&row, 1)).front());
    if (failure != Failure::kNone) {
      expression.note_skipped(batch, row, failure);
      return;
    }
  }
}

}  // namespace leeway
