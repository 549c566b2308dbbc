#include "collectors/parquet/parquet_format.h"

#include <cassert>
#include <utility>

#include "agent/config/table_reader.h"
#include "collectors/files/size_keys.h"
#include "collectors/parquet/parquet_library.h"
#include "collectors/parquet/parquet_reader.h"

namespace leeway {
namespace {

constexpr std::uint64_t kMostMemory = std::uint64_t{64} << 30;
constexpr std::int64_t kHighestRatio = 1'000'000'000;

class ParquetFormat final : public FileFormat {
 public:
  ParquetFormat(ParquetOptions options, TimeKeys time) : options_(std::move(options)), time_(std::move(time)) {}

  bool names_columns() const override { return true; }
  std::unique_ptr<FileReader> make_reader(const Schema& schema, FileSystem& /*files*/) const override {
    Expected<LocalZone> zone = LocalZone::locate(time_.zone);
    assert(zone.has_value() && "read_time_keys() reports every other zone");
    return std::make_unique<ParquetReader>(options_, time_.parser(), std::move(*zone), schema);
  }

 private:
  const ParquetOptions options_;
  const TimeKeys time_;
};

ParquetLimits read_parquet_limits(TableReader& reader) {
  const SizeKeys keys = read_size_keys(reader);
  ParquetLimits limits;
  limits.bytes = keys.bytes.value_or(limits.bytes);
  limits.rows = keys.records.value_or(limits.rows);
  limits.memory = reader.byte_size("max_memory", limits.memory);
  if (limits.memory > kMostMemory) {
    reader.error("max_memory", "expected at most 64GiB");
  }
  limits.ratio = static_cast<std::uint64_t>(
      reader.integer("max_ratio", 1, kHighestRatio, static_cast<std::int64_t>(limits.ratio)));
  return limits;
}

}  // namespace

std::unique_ptr<FileFormat> read_parquet_format(FormatContext& context) {
  ParquetOptions options;
  const Expected<const ParquetModule*> module = load_parquet_module(parquet_module_folders());
  if (module) {
    options.module = *module;
  } else {
    context.reader.error("format", module.error().message);
  }
  options.limits = read_parquet_limits(context.reader);
  options.time = context.time.field;
  return std::make_unique<ParquetFormat>(std::move(options), context.time);
}

}  // namespace leeway
