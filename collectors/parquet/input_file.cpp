#include "collectors/parquet/input_file.h"

#include <arrow/buffer.h>
#include <arrow/status.h>

#include <algorithm>
#include <utility>

namespace leeway {

arrow::Status InputFile::Seek(std::int64_t position) {
  if (position < 0) {
    return arrow::Status::Invalid("a position before the start of the file");
  }
  position_ = position;
  return arrow::Status::OK();
}

arrow::Result<std::int64_t> InputFile::ReadAt(std::int64_t position, std::int64_t size, void* out) {
  if (position < 0 || size < 0) {
    return arrow::Status::Invalid("a position or size below 0");
  }
  const std::int64_t read =
      input_.read_at(input_.context, static_cast<std::uint64_t>(position), out, static_cast<std::uint64_t>(size));
  if (read < 0) {
    failed_ = true;
    return arrow::Status::IOError("the file cannot be read");
  }
  return read;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> InputFile::ReadAt(std::int64_t position, std::int64_t size) {
  // Allocates no more than the file can hold.
  const std::int64_t most = std::max<std::int64_t>(static_cast<std::int64_t>(input_.size) - position, 0);
  ARROW_ASSIGN_OR_RAISE(std::unique_ptr<arrow::ResizableBuffer> buffer,
                        arrow::AllocateResizableBuffer(std::clamp<std::int64_t>(size, 0, most), &pool_));
  ARROW_ASSIGN_OR_RAISE(const std::int64_t read, ReadAt(position, buffer->size(), buffer->mutable_data()));
  ARROW_RETURN_NOT_OK(buffer->Resize(read, false));
  return std::shared_ptr<arrow::Buffer>(std::move(buffer));
}

arrow::Result<std::int64_t> InputFile::Read(std::int64_t size, void* out) {
  ARROW_ASSIGN_OR_RAISE(const std::int64_t read, ReadAt(position_, size, out));
  position_ += read;
  return read;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> InputFile::Read(std::int64_t size) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> buffer, ReadAt(position_, size));
  position_ += buffer->size();
  return buffer;
}

}  // namespace leeway
