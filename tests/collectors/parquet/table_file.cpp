#include "tests/collectors/parquet/table_file.h"

#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/json/from_string.h>
#include <arrow/table.h>
#include <arrow/util/logging.h>
#include <parquet/arrow/writer.h>

namespace leeway {

std::string table_file(const std::vector<TableColumn>& columns, const TableLayout& layout) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const TableColumn& column : columns) {
    fields.push_back(arrow::field(column.name, column.values->type()));
    arrays.push_back(column.values);
  }
  const std::shared_ptr<arrow::Table> table = arrow::Table::Make(arrow::schema(fields), arrays);
  parquet::WriterProperties::Builder properties;
  properties.compression(layout.codec)->data_pagesize(layout.page_bytes);
  if (!layout.dictionary) {
    properties.disable_dictionary();
  }
  if (layout.checksums) {
    properties.enable_page_checksum();
  }
  parquet::ArrowWriterProperties::Builder arrow_properties;
  if (layout.arrow_schema) {
    arrow_properties.store_schema();
  }
  const std::shared_ptr<arrow::io::BufferOutputStream> sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  const arrow::Status written = parquet::arrow::WriteTable(
      *table, arrow::default_memory_pool(), sink, layout.group_rows, properties.build(), arrow_properties.build());
  ARROW_CHECK_OK(written);
  return sink->Finish().ValueOrDie()->ToString();
}

std::shared_ptr<arrow::Array> array_of(const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

std::shared_ptr<arrow::Array> row_numbers(std::int64_t count) {
  arrow::Int64Builder builder;
  for (std::int64_t i = 0; i < count; ++i) {
    ARROW_CHECK_OK(builder.Append(i));
  }
  return builder.Finish().ValueOrDie();
}

}  // namespace leeway
