// Hostile files: forged footers, truncated and altered files. None may crash the agent, take more memory than allowed,
// or be left uncounted.
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <random>

#include "tests/collectors/files/file_fixture.h"
#include "tests/collectors/parquet/table_file.h"

// Freed memory must not count: the address sanitizer otherwise keeps 256 MiB of it.
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=8"; }

namespace leeway {
namespace {

using ::testing::AnyOf;
using ::testing::SizeIs;

constexpr const char* kBombPath = "/data/t.parquet";
constexpr const char* kBombKeys =
    "path = '/data/*'\nformat = 'parquet'\nmax_memory = '32MiB'\nmax_records = 200000\ntime = 'at'\n";
constexpr std::int64_t kVariedRows = 1200;

// A table with all kinds of columns.
std::string varied_file(const TableLayout& layout) {
  std::string texts = "[";
  std::string lists = "[";
  std::string structs = "[";
  for (int i = 0; i < kVariedRows; ++i) {
    const std::string number = std::to_string(i % 97);
    const std::string comma = i == 0 ? "" : ",";
    texts += comma + (i % 7 == 0 ? "null" : "\"text " + number + "\"");
    lists += comma + (i % 5 == 0 ? "null" : "[" + number + ", 1]");
    structs += comma + (i % 3 == 0 ? "null" : "{\"x\": " + number + ", \"s\": \"b\"}");
  }
  const std::shared_ptr<arrow::DataType> pair =
      arrow::struct_({arrow::field("x", arrow::int32()), arrow::field("s", arrow::utf8())});
  return table_file({{"n", row_numbers(kVariedRows)},
                     {"t", array_of(arrow::utf8(), texts + "]")},
                     {"l", array_of(arrow::list(arrow::int32()), lists + "]")},
                     {"p", array_of(pair, structs + "]")},
                     {"at", row_numbers(kVariedRows)->View(arrow::timestamp(arrow::TimeUnit::MICRO)).ValueOrDie()}},
                    layout);
}

const std::vector<std::string>& varied_fields() {
  static const std::vector<std::string> all = {"n", "t", "l", "l[1]", "p.x", "p.s", "p"};
  return all;
}

// Reads `file` with whatever result: whole, or rejected for one reason, or retried.
void check_survives(const std::string& file) {
  FileWorld world(kBombKeys, varied_fields());
  world.files.write(kBombPath, file);
  world.look();
  const SourceStatus status = world.status();
  const std::size_t rows = world.take_rows().size();
  ASSERT_EQ(status.versions->read + status.versions->rejects.size(), 1);
  ASSERT_LE(rows, 200'000);
  ASSERT_EQ(status.records, rows);
  for (const auto& [reason, count] : status.versions->rejects) {
    ASSERT_THAT(reason, AnyOf("syntax", "truncated", "footer", "unsupported", "too_much_memory", "too_many_records",
                              "too_many_columns", "too_many_row_groups", "too_compressed", "too_deep", "empty"));
  }
}

long most_memory_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

class Mutations : public ::testing::TestWithParam<TableLayout> {
 protected:
  static std::size_t footer_begin(const std::string& file) {
    std::uint32_t size = 0;
    file.copy(reinterpret_cast<char*>(&size), sizeof(size), file.size() - 8);
    return file.size() - 8 - size;
  }
};

// Changes one byte or a few, anywhere except in the magic: half of them in the footer, where every byte matters.
TEST_P(Mutations, AreReadOrCounted) {
  const std::string file = varied_file(GetParam());
  const std::size_t footer = footer_begin(file);
  for (unsigned seed = 1; seed <= 100 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t bound) {
      return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
    };
    std::string mutated = file;
    const std::size_t changes = 1 + below(3);
    for (std::size_t i = 0; i < changes; ++i) {
      const std::size_t at = below(2) == 0 ? footer + below(file.size() - 4 - footer) : 4 + below(file.size() - 8);
      constexpr std::array<unsigned char, 6> kTelling = {0x00, 0xff, 0x7f, 0x80, 0x01, 0x19};
      mutated[at] = static_cast<char>(below(2) == 0 ? kTelling[below(kTelling.size())] : below(256));
    }
    check_survives(mutated);
  }
}

// A part is missing, duplicated, or copied from elsewhere; both ends are kept.
TEST_P(Mutations, OfPartsAreReadOrCounted) {
  const std::string file = varied_file(GetParam());
  for (unsigned seed = 1; seed <= 40 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t bound) {
      return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
    };
    std::string mutated = file;
    const std::size_t at = 4 + below(file.size() - 100);
    const std::size_t size = 1 + below(64);
    switch (below(3)) {
      case 0:
        mutated.erase(at, size);
        break;
      case 1:
        mutated.insert(at, file.substr(4 + below(file.size() - 100), size));
        break;
      default:
        mutated.replace(at, size, file.substr(4 + below(file.size() - 100), size));
        break;
    }
    check_survives(mutated.substr(0, mutated.size() - 4) + "PAR1");
  }
}

INSTANTIATE_TEST_SUITE_P(Layouts, Mutations,
                         ::testing::Values(TableLayout{.group_rows = 500, .page_bytes = 4096},
                                           TableLayout{.codec = parquet::Compression::ZSTD, .arrow_schema = true},
                                           TableLayout{.codec = parquet::Compression::SNAPPY, .dictionary = false}));

TEST(Bombs, TakeNoMoreMemoryThanAllowed) {
  const std::string file = varied_file({.codec = parquet::Compression::ZSTD});
  check_survives(file);
  const long before = most_memory_kib();
  // Lengths and counts of four or more bytes, as Thrift and Parquet write them.
  for (const std::string& huge : {std::string("\xff\xff\xff\xff\x0f"), std::string("\xfe\xff\xff\xff\xff\xff\x0f"),
                                  std::string("\x80\x80\x80\x80\x08"), std::string("\xff\xff\xff\x7f")}) {
    for (unsigned seed = 1; seed <= 40 && !::testing::Test::HasFatalFailure(); ++seed) {
      std::mt19937 random(seed);
      std::string mutated = file;
      const std::size_t at = std::uniform_int_distribution<std::size_t>(4, file.size() - 20)(random);
      mutated.replace(at, huge.size(), huge);
      check_survives(mutated);
    }
  }
  EXPECT_LT(most_memory_kib() - before, 128 << 10);
}

}  // namespace
}  // namespace leeway
