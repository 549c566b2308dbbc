// The bytes of a component's saved state: little-endian, varints for counts, length-prefixed text.
// Written and read by collectors and monitors; framed, checked and stored by the pipeline's checkpoint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/expected.h"
#include "agent/core/state_part.h"

namespace leeway {

class StateWriter {
 public:
  // With `parts`, which must outlive it, those that are worth a place of their own are put there.
  explicit StateWriter(StateParts* parts = nullptr) : parts_(parts) {}

  void u8(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void u64(std::uint64_t value);      // varint, 1-10 bytes
  void i64(std::int64_t value);       // zigzag varint
  void f64(double value);             // 8 bytes, bit exact
  void text(std::string_view value);  // length, bytes
  void part(const StatePart& part);

  // For a writer whose bytes become a text of this one.
  StateParts* parts() const { return parts_; }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
  StateParts* parts_;
};

// Reading past the end or a malformed varint makes the reader bad; every later read then returns zero or "". Check ok()
// once at the end instead of after every field, but before trusting a count: text() and count() never allocate more
// than the bytes that remain.
class StateReader {
 public:
  // `parts` must outlive it.
  explicit StateReader(std::string_view bytes, std::uint32_t version = 1, const StateParts* parts = nullptr)
      : rest_(bytes), version_(version), parts_(parts) {}

  // Of the component's encoding when it was saved.
  std::uint32_t version() const { return version_; }

  std::uint8_t u8();
  std::uint64_t u64();
  std::int64_t i64();
  double f64();
  // Points into the bytes given to the constructor.
  std::string_view text();
  // Its bytes. kCorrupt if it is not among the parts, and errors of reading it.
  Expected<std::string> part();
  const StateParts* parts() const { return parts_; }
  // A number of elements of at least `element_size` bytes each: bad where the rest could not hold them.
  std::uint64_t count(std::size_t element_size = 1);

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  // kCorrupt unless everything was read and well formed.
  Expected<void> expect_end() const;

 private:
  void fail();

  std::string_view rest_;
  std::uint32_t version_;
  const StateParts* parts_;
  bool ok_ = true;
};

}  // namespace leeway
