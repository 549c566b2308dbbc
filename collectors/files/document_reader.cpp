#include "collectors/files/document_reader.h"

#include <xxhash.h>

#include <utility>

#include "agent/core/utf8.h"
#include "agent/core/whole_file.h"
#include "collectors/files/size_keys.h"

namespace leeway {
namespace {

// The whole document is held in memory, and its tokens take up to four times its size in addition.
constexpr std::uint64_t kLargestDocument = std::uint64_t{1} << 30;

ReadStep too_large(std::uint64_t limit) {
  return ReadStep::broken("too_large", "it is larger than the limit of " + std::to_string(limit) + " bytes");
}

}  // namespace

DocumentLimits read_document_limits(TableReader& reader) {
  const SizeKeys keys = read_size_keys(reader);
  DocumentLimits limits;
  limits.bytes = keys.bytes.value_or(limits.bytes);
  limits.records = keys.records.value_or(limits.records);
  if (limits.bytes > kLargestDocument) {
    reader.error("max_size", "expected at most 1GiB: the whole document is held in memory");
  }
  return limits;
}

ReadStep load_bytes(const FileToRead& version, std::uint64_t limit, std::string& text) {
  if (version.size > limit) {
    return too_large(limit);
  }
  if (const Expected<void> read = read_beginning(*version.file, version.size, text); !read) {
    return ReadStep::failed(read.error());
  }
  if (text.starts_with(kByteOrderMark)) {
    text.erase(0, kByteOrderMark.size());
  }
  return ReadStep::done();
}

DocumentReader::DocumentReader(std::unique_ptr<DocumentLoader> loader, RecordPath path, RecordColumns columns,
                               const DocumentLimits& limits)
    : loader_(std::move(loader)), path_(std::move(path)), columns_(std::move(columns)), limits_(limits) {}

void DocumentReader::open(const FileToRead& version) { version_ = version; }

ReadStep DocumentReader::prepare(Budget /*budget*/, RecordBatch& /*scratch*/) {
  if (!task_.started()) {
    if (!loader_->is_slow(version_)) {
      return load({});
    }
    task_.start([this](std::stop_token stop) { return load(std::move(stop)); });
  }
  return task_.result();
}

ReadStep DocumentReader::load(std::stop_token stop) {
  ReadStep loaded = loader_->load(version_, limits_.bytes, text_, std::move(stop));
  hash_ = XXH3_64bits(text_.data(), text_.size());
  if (loaded.state != ReadStep::State::kDone) {
    return loaded;
  }
  if (text_.size() > limits_.bytes) {
    return too_large(limits_.bytes);
  }
  return parse();
}

ReadStep DocumentReader::parse() {
  document_ = std::make_unique<JsonDocument>();
  JsonDocument::Result result = document_->parse(text_);
  repaired_ = result == JsonDocument::Result::kInvalidUtf8;
  if (repaired_) {
    std::string repaired(repaired_capacity(text_.size()), '\0');
    repaired.resize(repair_utf8(text_, repaired.data()));
    text_ = std::move(repaired);
    result = document_->parse(text_);
  }
  switch (result) {
    case JsonDocument::Result::kOk:
      break;
    case JsonDocument::Result::kEmpty:
      return ReadStep::broken("empty", "there is nothing in it");
    case JsonDocument::Result::kTruncated:
      return ReadStep::broken("truncated", "it ends too early");
    case JsonDocument::Result::kTooDeep:
      return ReadStep::broken("too_deep",
                              "it nests deeper than " + std::to_string(JsonDocument::kMaxDepth) + " levels");
    case JsonDocument::Result::kSyntax:
    case JsonDocument::Result::kInvalidUtf8:
      return ReadStep::broken("syntax", "it is not valid");
  }
  if (!finder_.find(*document_, path_, limits_.records)) {
    return ReadStep::broken("too_many_records", "it has more than " + std::to_string(limits_.records) + " records");
  }
  return ReadStep::done();
}

ReadStep DocumentReader::begin(std::uint64_t position, RecordBatch& /*scratch*/) {
  next_ = position;
  return ReadStep::done();
}

ReadStep DocumentReader::read(Budget budget, RecordBatch& batch, DecodeCounts& counts) {
  columns_.new_batch();
  const std::vector<RecordFinder::Record>& records = finder_.records();
  if (next_ == 0) {
    counts.anomalies["invalid_utf8"] += repaired_ ? 1 : 0;
    counts.anomalies["no_records"] += records.empty() ? 1 : 0;
  }
  std::uint64_t walked = 0;
  while (next_ < records.size() && !batch.full() && walked < budget.bytes) {
    const RecordFinder::Record& record = records[next_];
    columns_.append(*document_, finder_, record, batch, counts);
    ++next_;
    // The distance to the next record is a good enough measure of the work.
    walked += next_ < records.size() ? document_->distance(record.value, records[next_].value) : 0;
  }
  return next_ < records.size() ? ReadStep::more() : ReadStep::done(version_.size);
}

void DocumentReader::close() {
  task_.cancel();
  finder_.clear();
  document_.reset();
  text_ = {};
  version_ = {};
}

}  // namespace leeway
