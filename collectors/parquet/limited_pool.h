// Memory for Arrow, up to a limit: a larger allocation returns an error. Used by ParquetFile.
#pragma once

#include <arrow/memory_pool.h>

#include <atomic>
#include <string>

namespace leeway {

// Safe across threads.
class LimitedPool final : public arrow::MemoryPool {
 public:
  explicit LimitedPool(std::int64_t limit) : limit_(limit) {}

  using arrow::MemoryPool::Allocate;
  using arrow::MemoryPool::Free;
  using arrow::MemoryPool::Reallocate;

  arrow::Status Allocate(std::int64_t size, std::int64_t alignment, std::uint8_t** out) override;
  arrow::Status Reallocate(std::int64_t old_size, std::int64_t new_size, std::int64_t alignment,
                           std::uint8_t** ptr) override;
  void Free(std::uint8_t* buffer, std::int64_t size, std::int64_t alignment) override;

  std::int64_t bytes_allocated() const override { return used_; }
  std::int64_t total_bytes_allocated() const override { return total_; }
  std::int64_t num_allocations() const override { return allocations_; }
  std::string backend_name() const override { return "limited"; }

 private:
  arrow::Status reserve(std::int64_t size);

  const std::int64_t limit_;
  std::atomic<std::int64_t> used_ = 0;
  std::atomic<std::int64_t> total_ = 0;
  std::atomic<std::int64_t> allocations_ = 0;
};

}  // namespace leeway
