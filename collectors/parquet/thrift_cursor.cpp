#include "collectors/parquet/thrift_cursor.h"

namespace leeway {
namespace {

constexpr int kVarintBits = 7;
constexpr int kMaxVarintBits = 64;
constexpr std::uint8_t kNibble = 0x0f;
constexpr std::uint64_t kUuidSize = 16;

ThriftCursor::Type type_of(int bits) { return static_cast<ThriftCursor::Type>(bits & kNibble); }

}  // namespace

void ThriftCursor::fail() {
  ok_ = false;
  bytes_ = {};
}

void ThriftCursor::take(std::uint64_t size) {
  if (size > bytes_.size()) {
    fail();
    return;
  }
  bytes_.remove_prefix(static_cast<std::size_t>(size));
}

std::uint8_t ThriftCursor::byte() {
  if (bytes_.empty()) {
    fail();
    return 0;
  }
  const auto first = static_cast<std::uint8_t>(bytes_.front());
  bytes_.remove_prefix(1);
  return first;
}

std::uint64_t ThriftCursor::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < kMaxVarintBits; shift += kVarintBits) {
    const std::uint8_t next = byte();
    value |= std::uint64_t{next & 0x7fU} << shift;
    if ((next & 0x80U) == 0) {
      return value;
    }
  }
  fail();
  return 0;
}

std::int64_t ThriftCursor::integer() {
  const std::uint64_t value = varint();
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

std::string_view ThriftCursor::binary() {
  const std::uint64_t size = varint();
  const std::string_view text = bytes_.substr(0, static_cast<std::size_t>(size));
  take(size);
  return ok_ ? text : std::string_view();
}

ThriftCursor::Field ThriftCursor::field(std::int64_t last) {
  const std::uint8_t header = byte();
  if (!ok_ || header == 0) {
    return {};
  }
  const int distance = header >> 4;
  // Ids have 16 bits; a longer one is not of a known field.
  const std::int64_t id = distance == 0 ? static_cast<std::int16_t>(integer()) : last + distance;
  return ok_ ? Field{id, type_of(header)} : Field{};
}

// Every element takes at least one byte.
void ThriftCursor::take_elements(std::uint64_t count) {
  if (count > bytes_.size() || count > elements_left_) {
    fail();
    return;
  }
  elements_left_ -= count;
}

ThriftCursor::List ThriftCursor::list() {
  const std::uint8_t header = byte();
  const std::uint64_t small = header >> 4;
  const std::uint64_t size = small == kNibble ? varint() : small;
  take_elements(size);
  return ok_ ? List{size, type_of(header)} : List{};
}

void ThriftCursor::skip(Type type) { skip(type, 0); }

void ThriftCursor::skip(Type type, int depth) {
  if (depth > kMaxDepth) {
    fail();
    return;
  }
  switch (type) {
    case Type::kTrue:
    case Type::kFalse:
      return;
    case Type::kByte:
      return take(1);
    case Type::kI16:
    case Type::kI32:
    case Type::kI64:
      varint();
      return;
    case Type::kDouble:
      return take(sizeof(double));
    case Type::kBinary:
      binary();
      return;
    case Type::kList:
    case Type::kSet: {
      const List elements = list();
      for (std::uint64_t i = 0; i < elements.size && ok_; ++i) {
        skip_element(elements.type, depth);
      }
      return;
    }
    case Type::kMap:
      return skip_map(depth);
    case Type::kStruct:
      return skip_structure(depth);
    case Type::kUuid:
      return take(kUuidSize);
    case Type::kStop:
      break;
  }
  fail();
}

// A boolean that is not a field has its own byte.
void ThriftCursor::skip_element(Type type, int depth) {
  const bool truth = type == Type::kTrue || type == Type::kFalse;
  skip(truth ? Type::kByte : type, depth + 1);
}

void ThriftCursor::skip_structure(int depth) {
  for (Field at = field(0); at.type != Type::kStop; at = field(at.id)) {
    skip(at.type, depth + 1);
  }
}

void ThriftCursor::skip_map(int depth) {
  const std::uint64_t size = varint();
  if (size == 0) {
    return;
  }
  const std::uint8_t types = byte();
  take_elements(size);
  for (std::uint64_t i = 0; i < size && ok_; ++i) {
    skip_element(type_of(types >> 4), depth);
    skip_element(type_of(types), depth);
  }
}

}  // namespace leeway
