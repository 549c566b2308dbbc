// What a footer may and may not contain: made byte by byte, so that it can contain anything. Arrow is not needed.
#include "collectors/parquet/parquet_footer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "agent/config/toml_reader.h"
#include "collectors/builtin.h"
#include "collectors/files/file_source.h"
#include "collectors/parquet/parquet_library.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A structure in Thrift's compact protocol, field by field in ascending order.
class Thrift {
 public:
  Thrift& integer(int id, std::int64_t value) {
    header(id, 6);
    varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
    return *this;
  }
  Thrift& text(int id, const std::string& value) {
    header(id, 8);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Thrift& structure(int id, const Thrift& value) {
    header(id, 12);
    bytes_ += value.bytes();
    return *this;
  }
  Thrift& list(int id, const std::vector<Thrift>& values) { return list(id, values.size(), joined(values)); }
  // A list that claims to have `size` elements.
  Thrift& list(int id, std::uint64_t size, const std::string& elements) {
    header(id, 9);
    bytes_ += '\xfc';
    varint(size);
    bytes_ += elements;
    return *this;
  }
  std::string bytes() const { return bytes_ + '\0'; }

 private:
  static std::string joined(const std::vector<Thrift>& values) {
    std::string all;
    for (const Thrift& value : values) {
      all += value.bytes();
    }
    return all;
  }
  void header(int id, int type) {
    bytes_ += static_cast<char>((id - last_) << 4 | type);
    last_ = id;
  }
  void varint(std::uint64_t value) {
    for (; value > 0x7f; value >>= 7) {
      bytes_ += static_cast<char>(value | 0x80);
    }
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
  int last_ = 0;
};

Thrift group(const std::string& name, std::int64_t members) { return Thrift().text(4, name).integer(5, members); }
Thrift leaf(const std::string& name) { return Thrift().integer(1, 2).text(4, name); }
Thrift chunk(std::int64_t uncompressed) {
  return Thrift().integer(2, 4).structure(3, Thrift().integer(1, 2).integer(6, uncompressed).integer(7, 100));
}
Thrift rows_of(const std::vector<Thrift>& chunks, std::int64_t rows) {
  return Thrift().list(1, chunks).integer(2, 1000).integer(3, rows);
}
Thrift file(const std::vector<Thrift>& schema, const std::vector<Thrift>& groups) {
  return Thrift().integer(1, 2).list(2, schema).integer(3, 0).list(4, groups).text(6, "a writer");
}

constexpr std::uint64_t kFileSize = 1000;

std::string reason_of(const std::string& bytes, const ParquetLimits& limits = {}) {
  ParquetFooter footer;
  return read_parquet_footer(bytes, kFileSize, limits, footer).reason;
}

TEST(ParquetFooter, TellsColumnsRowsAndSize) {
  ParquetFooter footer;
  const Thrift thrift =
      file({group("schema", 2), group("point", 2), leaf("x"), leaf("y"), leaf("name")},
           {rows_of({chunk(10), chunk(20), chunk(30)}, 7), rows_of({chunk(1), chunk(2), chunk(3)}, 5)});
  ASSERT_EQ(read_parquet_footer(thrift.bytes(), kFileSize, {}, footer).state, ReadStep::State::kDone);
  EXPECT_THAT(footer.names, ElementsAre("point", "name"));
  EXPECT_EQ(footer.columns, 3);
  EXPECT_EQ(footer.row_groups, 2);
  EXPECT_EQ(footer.rows, 12);
  EXPECT_EQ(footer.uncompressed, 66);
}

TEST(ParquetFooter, CutAnywhereIsRefused) {
  const std::string bytes = file({group("schema", 1), leaf("x")}, {rows_of({chunk(10)}, 7)}).bytes();
  EXPECT_EQ(reason_of(bytes), "");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(reason_of(bytes.substr(0, size)), "footer") << size;
  }
}

TEST(ParquetFooter, ATreeThatDoesNotAddUpIsRefused) {
  EXPECT_EQ(reason_of(file({group("schema", 2), leaf("x")}, {}).bytes()), "footer");
  EXPECT_EQ(reason_of(file({group("schema", 1), leaf("x"), leaf("y")}, {}).bytes()), "footer");
  EXPECT_EQ(reason_of(file({group("schema", -1), leaf("x")}, {}).bytes()), "footer");
  EXPECT_EQ(reason_of(file({group("schema", 0)}, {}).bytes()), "footer");
  EXPECT_EQ(reason_of(file({}, {}).bytes()), "footer");
  EXPECT_EQ(reason_of(file({group("schema", 1), leaf("x")}, {rows_of({chunk(1), chunk(1)}, 1)}).bytes()), "footer");
  EXPECT_EQ(reason_of(file({group("schema", 1), leaf("x")}, {rows_of({chunk(1)}, -1)}).bytes()), "footer");
  EXPECT_EQ(reason_of(file({group("schema", 1), leaf("x")}, {rows_of({chunk(-1)}, 1)}).bytes()), "footer");
}

TEST(ParquetFooter, ForgedSizesOfListsAreRefused) {
  for (const std::uint64_t size : {std::uint64_t{1000}, std::uint64_t{1} << 31, std::uint64_t{1} << 63}) {
    EXPECT_EQ(reason_of(Thrift().list(2, size, "").bytes()), "footer");
    EXPECT_EQ(reason_of(Thrift().list(2, {group("schema", 1), leaf("x")}).list(4, size, "").bytes()), "footer");
    EXPECT_EQ(reason_of(Thrift().list(5, size, "").bytes()), "footer");
  }
  // A million elements of a byte each would become structures of a hundred bytes or more.
  const std::uint64_t many = ParquetFooter::kMaxElements + 1;
  EXPECT_EQ(reason_of(Thrift().list(5, many, std::string(many, '\0')).bytes()), "footer");
}

TEST(ParquetFooter, Limits) {
  const auto rows = [](std::int64_t count) { return rows_of({chunk(10)}, count); };
  const std::vector<Thrift> schema = {group("schema", 1), leaf("x")};
  EXPECT_EQ(reason_of(file(schema, {rows(60), rows(40)}).bytes(), {.rows = 100}), "");
  EXPECT_EQ(reason_of(file(schema, {rows(60), rows(41)}).bytes(), {.rows = 100}), "too_many_records");
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(reason_of(file(schema, {rows(kLargest), rows(kLargest), rows(kLargest)}).bytes()), "too_many_records");
  const auto bytes = [&](std::int64_t size) { return file(schema, {rows_of({chunk(size)}, 1)}).bytes(); };
  EXPECT_EQ(reason_of(bytes(10'009), {.memory = 1000, .ratio = 10}), "");
  EXPECT_EQ(reason_of(bytes(10'010), {.memory = 1000, .ratio = 10}), "too_compressed");
  EXPECT_EQ(reason_of(bytes(10'010), {.memory = 10'010, .ratio = 10}), "");
  EXPECT_EQ(reason_of(bytes(kLargest)), "too_compressed");
}

TEST(ParquetFooter, LimitsOfColumns) {
  std::vector<Thrift> wide = {group("schema", 10'001)};
  wide.insert(wide.end(), 10'001, leaf("x"));
  EXPECT_EQ(reason_of(file(wide, {}).bytes()), "too_many_columns");
  std::vector<Thrift> deep(70, group("g", 1));
  deep.push_back(leaf("x"));
  EXPECT_EQ(reason_of(file(deep, {}).bytes()), "too_deep");
  std::vector<Thrift> schema = {group("schema", 1000)};
  schema.insert(schema.end(), 1000, leaf("x"));
  const std::vector<Thrift> groups(101, rows_of(std::vector<Thrift>(1000, chunk(1)), 1));
  EXPECT_EQ(reason_of(file(schema, groups).bytes()), "too_many_row_groups");
}

TEST(ParquetModule, IsNamedWhereItIsMissing) {
  const Expected<const ParquetModule*> loaded = load_parquet_module({"/nowhere", "/not/there"});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(loaded.error().message, HasSubstr("no libleeway_parquet.so in /nowhere or /not/there"));
  EXPECT_THAT(loaded.error().message, HasSubstr("deploy/install-arrow.sh"));
}

// This program has no module next to it.
TEST(ParquetModule, ItsLackIsAnErrorOfTheConfiguration) {
  Diagnostics diagnostics;
  const ConfigTable table = parse_toml("path = '/data/*'\nformat = 'parquet'\n", "test.toml", diagnostics);
  TableReader reader(table, {}, "[[source]]", diagnostics);
  CollectorContext context{reader, std::nullopt, builtin_formats()};
  EXPECT_EQ(build_file_source(context), nullptr);
  ASSERT_TRUE(diagnostics.has_errors());
  EXPECT_THAT(diagnostics.errors().front().to_string(), HasSubstr("test.toml:2:"));
}

}  // namespace
}  // namespace leeway
