// Formats that are read as a whole: JSON documents and formats that can be converted to JSON. Made by document_format
// and sqlite_format.
#pragma once

#include <memory>
#include <string>

#include "agent/config/table_reader.h"
#include "collectors/decode/file_reader.h"
#include "collectors/files/background_task.h"
#include "collectors/files/document_loader.h"
#include "collectors/files/json_document.h"
#include "collectors/files/record_columns.h"
#include "collectors/files/record_path.h"

namespace leeway {

struct DocumentLimits {
  std::uint64_t bytes = 16 << 20;     // of the file, and of its JSON text
  std::uint64_t records = 1'000'000;  // of one version
};

// The keys of size_keys.h.
DocumentLimits read_document_limits(TableReader& reader);

// A version is read, checked to its last token, and its records are found before the first one is returned: a version
// that is half written, too large or too deep has none. Its position is the number of the next record.
class DocumentReader final : public FileReader {
 public:
  DocumentReader(std::unique_ptr<DocumentLoader> loader, RecordPath path, RecordColumns columns,
                 const DocumentLimits& limits);

  void open(const FileToRead& version) override;
  ReadStep prepare(Budget budget, RecordBatch& scratch) override;
  std::uint64_t hash() const override { return hash_; }
  ReadStep begin(std::uint64_t position, RecordBatch& scratch) override;
  ReadStep read(Budget budget, RecordBatch& batch, DecodeCounts& counts) override;
  std::uint64_t position() const override { return next_; }
  void wait() override { task_.wait(); }
  void set_wake(const std::function<void()>& wake) override { task_.set_wake(wake); }
  void close() override;
  bool is_isolated() const override { return loader_->is_isolated(); }
  std::string_view companion_suffix() const override { return loader_->companion_suffix(); }

 private:
  ReadStep load(std::stop_token stop);
  ReadStep parse();

  const std::unique_ptr<DocumentLoader> loader_;
  const RecordPath path_;
  RecordColumns columns_;
  const DocumentLimits limits_;

  FileToRead version_;
  std::uint64_t hash_ = 0;
  std::string text_;
  bool repaired_ = false;  // text_ was not valid UTF-8
  std::unique_ptr<JsonDocument> document_;
  RecordFinder finder_;
  std::uint64_t next_ = 0;
  BackgroundTask task_;  // the last member: it is destroyed before the data it works on
};

}  // namespace leeway
