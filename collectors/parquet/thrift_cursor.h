// Walks Thrift's compact protocol without storing anything. Used by read_parquet_footer.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
#pragma once

#include <cstdint>
#include <string_view>

namespace leeway {

class ThriftCursor {
 public:
  // As encoded in the header of a field, a list or a map.
  enum class Type : std::uint8_t {
    kStop,
    kTrue,
    kFalse,
    kByte,
    kI16,
    kI32,
    kI64,
    kDouble,
    kBinary,
    kList,
    kSet,
    kMap,
    kStruct,
    kUuid,
  };
  struct Field {
    std::int64_t id = 0;
    Type type = Type::kStop;
  };
  struct List {
    std::uint64_t size = 0;
    Type type = Type::kStop;
  };

  // All lists together have at most `max_elements`.
  ThriftCursor(std::string_view bytes, std::uint64_t max_elements) : bytes_(bytes), elements_left_(max_elements) {}

  // False after the first error; everything that is read then is empty.
  bool ok() const { return ok_; }
  // The next field of the structure whose last one was `last`; kStop at its end.
  Field field(std::int64_t last);
  List list();
  std::int64_t integer();  // kI16, kI32, kI64
  std::string_view binary();
  // Skips a value.
  void skip(Type type);

 private:
  static constexpr int kMaxDepth = 32;

  std::uint8_t byte();
  std::uint64_t varint();
  void skip(Type type, int depth);
  void skip_structure(int depth);
  void skip_element(Type type, int depth);
  void skip_map(int depth);
  void take(std::uint64_t size);
  void take_elements(std::uint64_t count);
  void fail();

  std::string_view bytes_;
  std::uint64_t elements_left_;
  bool ok_ = true;
};

}  // namespace leeway
