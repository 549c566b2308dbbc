#include "collectors/parquet/wanted_column.h"

#include <arrow/extension_type.h>
#include <arrow/type.h>

#include <algorithm>
#include <string_view>

namespace leeway {
namespace {

using parquet::arrow::SchemaField;

const SchemaField* named(const std::vector<SchemaField>& fields, std::string_view name) {
  const auto at =
      std::find_if(fields.begin(), fields.end(), [&](const SchemaField& field) { return field.field->name() == name; });
  return at == fields.end() ? nullptr : &*at;
}

const SchemaField* child(const SchemaField& parent, const WantedColumn::Step& step) {
  switch (parent.field->type()->id()) {
    case arrow::Type::STRUCT:
      return step.index ? nullptr : named(parent.children, step.name);
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::FIXED_SIZE_LIST:
      return step.index && parent.children.size() == 1 ? parent.children.data() : nullptr;
    default:
      return nullptr;
  }
}

// All columns of a map, which Arrow does not split; for anything else, one column is enough to count the elements.
void add_leaves(const SchemaField& field, bool all, std::vector<int>& leaves) {
  if (field.is_leaf()) {
    leaves.push_back(field.column_index);
    return;
  }
  all = all || field.field->type()->id() == arrow::Type::MAP;
  for (const SchemaField& part : field.children) {
    add_leaves(part, all, leaves);
    if (!all) {
      return;
    }
  }
}

ParquetForm form_of(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return ParquetForm::kText;
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
    case arrow::Type::FIXED_SIZE_BINARY:
      return ParquetForm::kBytes;
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
      return ParquetForm::kDate;
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty() ? ParquetForm::kLocalTime
                                                                               : ParquetForm::kPlain;
    case arrow::Type::DICTIONARY:
      return form_of(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case arrow::Type::EXTENSION:
      return form_of(*static_cast<const arrow::ExtensionType&>(type).storage_type());
    case arrow::Type::NA:
    case arrow::Type::BOOL:
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
    case arrow::Type::UINT64:
    case arrow::Type::HALF_FLOAT:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256:
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
    case arrow::Type::DURATION:
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::FIXED_SIZE_LIST:
    case arrow::Type::MAP:
    case arrow::Type::STRUCT:
      return ParquetForm::kPlain;
    default:
      return ParquetForm::kUnsupported;
  }
}

}  // namespace

WantedColumn WantedColumn::find(const parquet::arrow::SchemaManifest& manifest, const ParquetPath& path) {
  WantedColumn column;
  const std::vector<SchemaField>& roots = manifest.schema_fields;
  const SchemaField* root = path.size > 0 && path.steps[0].name != nullptr ? named(roots, path.steps[0].name) : nullptr;
  const SchemaField* field = root;
  for (std::size_t i = 1; i < path.size && field != nullptr; ++i) {
    const ParquetStep& step = path.steps[i];
    column.steps.push_back(step.name != nullptr ? Step{step.name, {}} : Step{{}, step.index});
    field = child(*field, column.steps.back());
  }
  if (field == nullptr) {
    root = named(roots, path.whole);
    field = root;
    column.steps.clear();
  }
  if (field == nullptr) {
    return column;
  }
  column.root = static_cast<int>(root - roots.data());
  column.form = form_of(*field->field->type());
  column.members = static_cast<std::int64_t>(field->children.size());
  if (column.form != ParquetForm::kUnsupported) {
    add_leaves(*field, false, column.leaves);
  }
  return column;
}

}  // namespace leeway
