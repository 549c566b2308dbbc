#include "collectors/files/sqlite_format.h"

#include <utility>

#include "collectors/files/document_reader.h"
#include "collectors/files/sqlite_loader.h"

namespace leeway {
namespace {

constexpr Duration kQueryInterval = std::chrono::seconds(10);

class SqliteFormat final : public FileFormat {
 public:
  SqliteFormat(SqliteOptions options, TimeKeys time, const DocumentLimits& limits)
      : options_(std::move(options)), time_(std::move(time)), limits_(limits) {}

  // The database itself says when it is consistent; one that is in use may never settle.
  FilePace pace() const override { return {Duration::zero(), kQueryInterval}; }

  std::unique_ptr<FileReader> make_reader(const Schema& schema, FileSystem& files) const override {
    const RecordPath rows = RecordPath::parse("*").value();
    const RecordNames names{{}, {}, time_.field};
    return std::make_unique<DocumentReader>(std::make_unique<SqliteLoader>(options_, files), rows,
                                            RecordColumns(names, rows, schema, time_.parser()), limits_);
  }

 private:
  const SqliteOptions options_;
  const TimeKeys time_;
  const DocumentLimits limits_;
};

}  // namespace

std::unique_ptr<FileFormat> read_sqlite_format(FormatContext& context) {
  TableReader& reader = context.reader;
  SqliteOptions options;
  options.query = reader.required_string("query");
  options.timeout = reader.duration("timeout", options.timeout);
  if (!options.query.empty()) {
    if (const Expected<void> checked = SqliteLoader::check_query(options.query); !checked) {
      reader.error("query", checked.error().message);
    }
  }
  return std::make_unique<SqliteFormat>(std::move(options), context.time, read_document_limits(reader));
}

}  // namespace leeway
