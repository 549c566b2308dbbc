// Formats that are read row by row, in pieces: memory holds a few pieces, whatever the file's size. Subclasses know
// what a row is.
#pragma once

#include <string_view>

#include "agent/config/table_reader.h"
#include "collectors/decode/file_reader.h"
#include "collectors/files/content_hash.h"

namespace leeway {

struct StreamLimits {
  std::uint64_t bytes = std::uint64_t{16} << 30;  // of the file
  std::uint64_t rows = 100'000'000;               // of one version
  std::size_t row_bytes = 1 << 20;                // of one row: longer ones are skipped and counted as "too_long"
  bool may_be_empty = false;                      // a file without content is a version without rows, not a broken one
};

// The keys of size_keys.h.
StreamLimits read_stream_limits(TableReader& reader);

class StreamReader : public FileReader {
 public:
  explicit StreamReader(const StreamLimits& limits);

  void open(const FileToRead& version) override;
  ReadStep prepare(Budget budget, RecordBatch& scratch) override;
  std::uint64_t hash() const override { return hash_; }
  bool has_grown() const override { return has_grown_; }
  ReadStep begin(std::uint64_t position, RecordBatch& scratch) override;
  ReadStep read(Budget budget, RecordBatch& batch, DecodeCounts& counts) override;
  std::uint64_t position() const override;
  void close() override;

 protected:
  // A piece of the file that begins with a row, followed by at least kPadding readable bytes. The bytes may be changed.
  struct Piece {
    char* data;
    std::size_t size;
    std::uint64_t offset;  // of its first byte in the file
    bool last;             // the file ends with it
  };
  struct Consumed {
    std::size_t bytes = 0;  // up to the next row; 0 if no row is complete
    std::uint64_t rows = 0;
  };

  // Appends the rows of `piece`, until the batch is full or less than a row is left. With `piece.last`, what is left is
  // a row, and with an empty batch at least one byte is consumed.
  virtual Consumed parse(const Piece& piece, RecordBatch& batch, DecodeCounts& counts) = 0;
  // Reads what precedes the first row into members and sets `end` past it. The file is at least 1 byte long.
  virtual ReadStep read_header(RecordBatch& scratch, std::uint64_t& end);

  const StreamLimits& limits() const { return limits_; }
  const FileToRead& version() const { return version_; }
  // Reads [offset, offset + size) or as much of it as exists. Null after an error, which is in `step`.
  char* read_piece(std::uint64_t offset, std::size_t& size, RecordBatch& batch, ReadStep& step);

 private:
  void add_content(std::string_view bytes);
  ReadStep skip_long_row(Budget budget, RecordBatch& scratch);
  void learn_row_size(const Consumed& consumed);

  const StreamLimits limits_;
  FileToRead version_;
  ContentHash content_;
  std::uint64_t hashed_ = 0;
  bool has_grown_ = false;
  bool blank_ = true;  // the hashed bytes are nothing but ends of lines
  std::uint64_t hash_ = 0;
  std::uint64_t offset_ = 0;  // of the next row
  bool in_long_row_ = false;  // offset_ is inside a row that is being skipped
  std::uint64_t rows_ = 0;    // since begin()
  std::size_t window_ = 0;    // bytes that are read together: a batch's worth of rows
  std::size_t needed_ = 0;    // more than that, for a row that is longer
};

}  // namespace leeway
