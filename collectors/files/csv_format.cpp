#include "collectors/files/csv_format.h"

#include <utility>

#include "collectors/decode/cell_keys.h"
#include "collectors/files/csv_reader.h"

namespace leeway {
namespace {

class CsvFormat final : public FileFormat {
 public:
  CsvFormat(CsvOptions options, TimeKeys time, const StreamLimits& limits)
      : options_(std::move(options)), time_(std::move(time)), limits_(limits) {}

  bool names_columns() const override { return true; }
  std::unique_ptr<FileReader> make_reader(const Schema& schema, FileSystem& /*files*/) const override {
    return std::make_unique<CsvReader>(options_, time_.parser(), schema, limits_);
  }

 private:
  const CsvOptions options_;
  const TimeKeys time_;
  const StreamLimits limits_;
};

std::unique_ptr<FileFormat> read_table_format(FormatContext& context, char delimiter) {
  TableReader& reader = context.reader;
  CsvOptions options;
  options.delimiter = delimiter;
  options.columns = read_column_names(reader);
  options.cells = read_table_cell_keys(reader);
  options.quoted_numbers = reader.boolean("quoted_numbers");
  options.time = context.time.field;
  options.unpivot = read_named_pattern(reader, "unpivot");
  return std::make_unique<CsvFormat>(std::move(options), context.time, read_stream_limits(reader));
}

}  // namespace

std::unique_ptr<FileFormat> read_csv_format(FormatContext& context) {
  return read_table_format(context, read_character(context.reader, "delimiter").value_or(','));
}

std::unique_ptr<FileFormat> read_tsv_format(FormatContext& context) { return read_table_format(context, '\t'); }

}  // namespace leeway
