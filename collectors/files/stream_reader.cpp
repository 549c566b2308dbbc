#include "collectors/files/stream_reader.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "agent/core/utf8.h"
#include "collectors/files/size_keys.h"

namespace leeway {
namespace {

constexpr std::size_t kFirstWindow = 64 * 1024;

// `text` is at `offset` of its file.
bool is_blank(std::string_view text, std::uint64_t offset) {
  if (offset == 0 && text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  return text.find_first_not_of("\r\n") == std::string_view::npos;
}

}  // namespace

StreamLimits read_stream_limits(TableReader& reader) {
  const SizeKeys keys = read_size_keys(reader);
  StreamLimits limits;
  limits.bytes = keys.bytes.value_or(limits.bytes);
  limits.rows = keys.records.value_or(limits.rows);
  return limits;
}

StreamReader::StreamReader(const StreamLimits& limits) : limits_(limits) {}

void StreamReader::open(const FileToRead& version) {
  version_ = version;
  hashed_ = 0;
  has_grown_ = false;
  blank_ = true;
  rows_ = 0;
  window_ = kFirstWindow;
  needed_ = 0;
  content_.start();
}

char* StreamReader::read_piece(std::uint64_t offset, std::size_t& size, RecordBatch& batch, ReadStep& step) {
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, version_.size - std::min(offset, version_.size)));
  char* const buffer = batch.raw_buffer(size);
  const Expected<std::size_t> read = read_fully(*version_.file, offset, std::span(buffer, size));
  if (!read || *read < size) {
    step = read ? ReadStep::shortened() : ReadStep::failed(read.error());
    return nullptr;
  }
  return buffer;
}

ReadStep StreamReader::prepare(Budget budget, RecordBatch& scratch) {
  if (version_.size > limits_.bytes) {
    return ReadStep::broken("too_large", "it is larger than the limit of " + std::to_string(limits_.bytes) + " bytes");
  }
  std::size_t size = budget.bytes;
  ReadStep step;
  const char* const bytes = read_piece(hashed_, size, scratch, step);
  if (bytes == nullptr) {
    return step;
  }
  add_content({bytes, size});
  blank_ = blank_ && is_blank({bytes, size}, hashed_);
  hashed_ += size;
  if (hashed_ < version_.size && !version_.columns_only) {
    return ReadStep::more();
  }
  if (blank_ && !limits_.may_be_empty) {
    return ReadStep::broken("empty", "there is nothing in it");
  }
  hash_ = content_.value();
  return ReadStep::done();
}

// `bytes` are at hashed_.
void StreamReader::add_content(std::string_view bytes) {
  const std::uint64_t before = version_.size_before;
  if (before > hashed_ && before < version_.size && before - hashed_ <= bytes.size()) {
    const std::string_view rest_of_before = bytes.substr(0, before - hashed_);
    content_.add(rest_of_before.data(), rest_of_before.size());
    has_grown_ = content_.value() == version_.hash_before;
    bytes.remove_prefix(rest_of_before.size());
  }
  content_.add(bytes.data(), bytes.size());
}

ReadStep StreamReader::read_header(RecordBatch& scratch, std::uint64_t& end) {
  ReadStep step = ReadStep::done();
  std::size_t size = kByteOrderMark.size();
  const char* const bytes = read_piece(0, size, scratch, step);
  end = bytes != nullptr && std::string_view(bytes, size) == kByteOrderMark ? kByteOrderMark.size() : 0;
  return step;
}

ReadStep StreamReader::begin(std::uint64_t position, RecordBatch& scratch) {
  std::uint64_t start = 0;
  if (version_.size > 0) {
    ReadStep header = read_header(scratch, start);
    if (header.state != ReadStep::State::kDone) {
      return header;
    }
  }
  in_long_row_ = (position & 1) != 0;
  offset_ = std::max(position >> 1, start);
  return ReadStep::done();
}

std::uint64_t StreamReader::position() const { return (offset_ << 1) | (in_long_row_ ? 1 : 0); }

ReadStep StreamReader::read(Budget budget, RecordBatch& batch, DecodeCounts& counts) {
  if (in_long_row_) {
    return skip_long_row(budget, batch);
  }
  if (offset_ >= version_.size) {
    return ReadStep::done();
  }
  if (rows_ >= limits_.rows) {
    return ReadStep::broken("too_many_records", "it has more than " + std::to_string(limits_.rows) + " records");
  }
  std::size_t size = std::max(std::min(window_, budget.bytes), needed_);
  ReadStep step;
  char* const bytes = read_piece(offset_, size, batch, step);
  if (bytes == nullptr) {
    return step;
  }
  const bool last = offset_ + size == version_.size;
  const Consumed consumed = parse({bytes, size, offset_, last}, batch, counts);
  if (consumed.bytes == 0 && size > limits_.row_bytes) {
    ++counts.rejects["too_long"];
    in_long_row_ = true;
    return ReadStep::more();
  }
  if (consumed.bytes == 0) {
    needed_ = std::min(size * 2, limits_.row_bytes + 1);
    return ReadStep::more();
  }
  needed_ = 0;
  learn_row_size(consumed);
  offset_ += consumed.bytes;
  rows_ += consumed.rows;
  return offset_ < version_.size ? ReadStep::more(consumed.bytes) : ReadStep::done(consumed.bytes);
}

// Enough bytes for a batch of rows and a few more: rows that do not fit into the batch are read again.
void StreamReader::learn_row_size(const Consumed& consumed) {
  const std::size_t per_row = consumed.bytes / std::max<std::uint64_t>(consumed.rows, 1) + 1;
  const std::size_t wanted = per_row * kMaxBatchRows;
  window_ = std::clamp(wanted + wanted / 16, kFirstWindow, std::max(limits_.row_bytes + 1, kFirstWindow));
}

ReadStep StreamReader::skip_long_row(Budget budget, RecordBatch& scratch) {
  std::size_t size = budget.bytes;
  ReadStep step;
  const char* const bytes = read_piece(offset_, size, scratch, step);
  if (bytes == nullptr) {
    return step;
  }
  const void* const newline = std::memchr(bytes, '\n', size);
  const std::size_t skipped =
      newline == nullptr ? size : static_cast<std::size_t>(static_cast<const char*>(newline) - bytes) + 1;
  in_long_row_ = newline == nullptr;
  offset_ += skipped;
  return offset_ < version_.size ? ReadStep::more(skipped) : ReadStep::done(skipped);
}

void StreamReader::close() { version_ = {}; }

}  // namespace leeway
