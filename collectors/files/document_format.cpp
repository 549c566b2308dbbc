#include "collectors/files/document_format.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/files/document_reader.h"

namespace leeway {
namespace {

using MakeLoader = std::unique_ptr<DocumentLoader> (*)();

class DocumentFormat final : public FileFormat {
 public:
  DocumentFormat(MakeLoader make_loader, RecordPath records, RecordNames names, TimeKeys time,
                 const DocumentLimits& limits)
      : make_loader_(make_loader),
        records_(std::move(records)),
        names_(std::move(names)),
        time_(std::move(time)),
        limits_(limits) {}

  std::unique_ptr<FileReader> make_reader(const Schema& schema, FileSystem& /*files*/) const override {
    return std::make_unique<DocumentReader>(make_loader_(), records_,
                                            RecordColumns(names_, records_, schema, time_.parser()), limits_);
  }

 private:
  const MakeLoader make_loader_;
  const RecordPath records_;
  const RecordNames names_;
  const TimeKeys time_;
  const DocumentLimits limits_;
};

// nullopt if it is invalid.
std::optional<RecordPath> read_record_path(TableReader& reader) {
  const std::optional<std::string> text = reader.string("records");
  if (!text) {
    return RecordPath();
  }
  Expected<RecordPath> path = RecordPath::parse(*text);
  if (!path) {
    reader.error("records", path.error().message);
    return std::nullopt;
  }
  return std::move(*path);
}

RecordNames read_record_names(TableReader& reader) {
  RecordNames names;
  names.keys = reader.strings("key").value_or(std::vector<std::string>{});
  names.parents = reader.strings("parents").value_or(std::vector<std::string>{});
  return names;
}

void check_record_names(const RecordNames& names, const RecordPath& records, TableReader& reader) {
  if (!names.keys.empty() && names.keys.size() != records.wildcards()) {
    reader.error("key", "has " + std::to_string(names.keys.size()) + " names, `records` has " +
                            std::to_string(records.wildcards()) + " '*'; expected a name for each");
  }
  if (names.parents.size() > records.ancestors()) {
    reader.error("parents", "has more names than a record has enclosing values; expected at most " +
                                std::to_string(records.ancestors()) +
                                ": the document, then the match of each '*' of `records` but the last");
  }
}

}  // namespace

std::unique_ptr<FileFormat> read_document_format(FormatContext& context,
                                                 std::unique_ptr<DocumentLoader> (*make_loader)()) {
  TableReader& reader = context.reader;
  std::optional<RecordPath> records = read_record_path(reader);
  RecordNames names = read_record_names(reader);
  names.time = context.time.field;
  const DocumentLimits limits = read_document_limits(reader);
  if (!records) {
    return nullptr;
  }
  check_record_names(names, *records, reader);
  return std::make_unique<DocumentFormat>(make_loader, std::move(*records), std::move(names), context.time, limits);
}

}  // namespace leeway
