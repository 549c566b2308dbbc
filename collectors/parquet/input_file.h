// The host's file behind Arrow's file interface. Used by ParquetFile.
#pragma once

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include "collectors/parquet/parquet_module.h"

namespace leeway {

class InputFile final : public arrow::io::RandomAccessFile {
 public:
  // `input` outlives this; buffers come from `pool`.
  InputFile(const ParquetInput& input, arrow::MemoryPool& pool) : input_(input), pool_(pool) {}

  using arrow::io::RandomAccessFile::ReadAt;

  arrow::Status Close() override { return arrow::Status::OK(); }
  bool closed() const override { return false; }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Seek(std::int64_t position) override;
  arrow::Result<std::int64_t> GetSize() override { return static_cast<std::int64_t>(input_.size); }
  arrow::Result<std::int64_t> Read(std::int64_t size, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t size) override;
  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t size, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position, std::int64_t size) override;

  // Whether the host failed a read.
  bool failed() const { return failed_; }

 private:
  const ParquetInput& input_;
  arrow::MemoryPool& pool_;
  std::int64_t position_ = 0;
  bool failed_ = false;
};

}  // namespace leeway
