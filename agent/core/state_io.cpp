#include "agent/core/state_io.h"

#include <bit>

namespace leeway {
namespace {

// Smaller parts are written in place each time.
constexpr std::uint64_t kSmallestApart = 4096;  // bytes
constexpr std::uint8_t kInPlace = 0;
constexpr std::uint8_t kApart = 1;

}  // namespace

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

void StateWriter::part(const StatePart& part) {
  if (parts_ == nullptr || part.size() < kSmallestApart) {
    const Expected<std::string> bytes = part.bytes();
    u8(kInPlace);
    text(bytes ? *bytes : "");
    return;
  }
  u8(kApart);
  u64(part.id().high);
  u64(part.id().low);
  parts_->emplace(part.id(), part);
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

Expected<std::string> StateReader::part() {
  const std::uint8_t where = u8();
  const std::string_view bytes = where == kInPlace ? text() : std::string_view();
  StatePartId id;
  if (where == kApart) {
    id.high = u64();
    id.low = u64();
  }
  if (!ok_ || where > kApart) {
    fail();
    return Error{ErrorCode::kCorrupt, "saved state ends early or is malformed"};
  }
  if (where == kInPlace) {
    return std::string(bytes);
  }
  if (parts_ != nullptr) {
    if (const auto found = parts_->find(id); found != parts_->end()) {
      return found->second.bytes();
    }
  }
  return Error{ErrorCode::kCorrupt, "a part of its state, saved in a file of its own, is missing or damaged"};
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
