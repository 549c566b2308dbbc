#include "collectors/parquet/limited_pool.h"

#include <arrow/status.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace leeway {
namespace {

// The address of an empty allocation: never read, never freed.
alignas(64) std::uint8_t nothing[1];

}  // namespace

arrow::Status LimitedPool::reserve(std::int64_t size) {
  if (size < 0 || used_.fetch_add(size) > limit_ - size) {
    used_ -= std::max<std::int64_t>(size, 0);
    return arrow::Status::OutOfMemory("it takes more than ", limit_, " bytes to decode");
  }
  total_ += size;
  ++allocations_;
  return arrow::Status::OK();
}

arrow::Status LimitedPool::Allocate(std::int64_t size, std::int64_t alignment, std::uint8_t** out) {
  if (size == 0) {
    *out = nothing;
    return arrow::Status::OK();
  }
  ARROW_RETURN_NOT_OK(reserve(size));
  void* memory = nullptr;
  if (posix_memalign(&memory, static_cast<std::size_t>(alignment), static_cast<std::size_t>(size)) != 0) {
    used_ -= size;
    return arrow::Status::OutOfMemory("the system cannot allocate ", size, " bytes");
  }
  *out = static_cast<std::uint8_t*>(memory);
  return arrow::Status::OK();
}

arrow::Status LimitedPool::Reallocate(std::int64_t old_size, std::int64_t new_size, std::int64_t alignment,
                                      std::uint8_t** ptr) {
  std::uint8_t* moved = nullptr;
  ARROW_RETURN_NOT_OK(Allocate(new_size, alignment, &moved));
  std::memcpy(moved, *ptr, static_cast<std::size_t>(std::min(old_size, new_size)));
  Free(*ptr, old_size, alignment);
  *ptr = moved;
  return arrow::Status::OK();
}

void LimitedPool::Free(std::uint8_t* buffer, std::int64_t size, std::int64_t /*alignment*/) {
  if (buffer == nothing) {
    return;
  }
  std::free(buffer);
  used_ -= size;
}

}  // namespace leeway
