#include "agent/core/state_io.h"

#include <bit>

namespace leeway {

void StateWriter::u64(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
}

void StateWriter::i64(std::int64_t value) {
  u64((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void StateWriter::f64(double value) {
  auto bits = std::bit_cast<std::uint64_t>(value);
  for (int i = 0; i < 8; ++i) {
    bytes_.push_back(static_cast<char>(bits & 0xff));
    bits >>= 8;
  }
}

void StateWriter::text(std::string_view value) {
  u64(value.size());
  bytes_.append(value);
}

void StateReader::fail() {
  ok_ = false;
  rest_ = {};
}

std::uint8_t StateReader::u8() {
  if (rest_.empty()) {
    fail();
    return 0;
  }
  const auto value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

std::uint64_t StateReader::u64() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = u8();
    if (shift == 63 && byte > 1) {
      break;
    }
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) {
      return ok_ ? value : 0;
    }
  }
  fail();
  return 0;
}

std::int64_t StateReader::i64() {
  const std::uint64_t value = u64();
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

double StateReader::f64() {
  if (rest_.size() < 8) {
    fail();
    return 0;
  }
  std::uint64_t bits = 0;
  for (int i = 7; i >= 0; --i) {
    bits = (bits << 8) | static_cast<std::uint8_t>(rest_[static_cast<std::size_t>(i)]);
  }
  rest_.remove_prefix(8);
  return std::bit_cast<double>(bits);
}

std::string_view StateReader::text() {
  const std::uint64_t size = u64();
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

std::uint64_t StateReader::count(std::size_t element_size) {
  const std::uint64_t value = u64();
  if (value > rest_.size() / element_size) {
    fail();
    return 0;
  }
  return value;
}

Expected<void> StateReader::expect_end() const {
  if (!ok_) {
    return Error{ErrorCode::kCorrupt, "saved state ends early or is malformed"};
  }
  if (!at_end()) {
    return Error{ErrorCode::kCorrupt, "saved state has " + std::to_string(rest_.size()) + " bytes too many"};
  }
  return {};
}

}  // namespace leeway
