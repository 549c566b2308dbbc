#include "collectors/tail/log_source.h"

#include <utility>

#include "agent/config/table_reader.h"
#include "collectors/decode/cell_keys.h"
#include "collectors/decode/format_list.h"
#include "collectors/paths/path_keys.h"
#include "collectors/records/record_keys.h"
#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

constexpr std::uint64_t kShortestMaxLine = 64;
constexpr std::uint64_t kLongestMaxLine = 64 << 20;

class LogSource final : public SourceDefinition {
 public:
  LogSource(LogPaths paths, TailOptions options, TimeKeys time, RecordRules records, LineFormatChoice format)
      : paths_(std::move(paths)),
        options_(std::move(options)),
        time_(std::move(time)),
        records_(std::move(records)),
        format_(std::move(format)) {}

  bool has_event_time() const override { return time_.field.has_value() || records_.time_of_envelope; }
  TimeReader time_reader() const override { return time_.reader(); }

  std::string summary(FileSystem& files) const override {
    return format_.name + format_.format->summary() + ", tail of" +
           matches_text(files, paths_.patterns, expand(files, paths_.patterns, paths_.excludes, paths_.limits));
  }

  std::unique_ptr<Collector> open(const Schema& schema, FileSystem& files) override {
    std::unique_ptr<Decoder> decoder = format_.format->make_decoder(schema);
    if (need_record_decoder(records_)) {
      decoder = std::make_unique<RecordDecoder>(records_, std::move(decoder), schema);
    }
    return std::make_unique<LogCollector>(paths_, options_, files, std::move(decoder), schema);
  }

 private:
  const LogPaths paths_;
  const TailOptions options_;
  const TimeKeys time_;
  const RecordRules records_;
  const LineFormatChoice format_;
};

TailOptions read_tail_options(TableReader& reader) {
  TailOptions options;
  options.start_at_end = reader.choice("start", {"beginning", "end"}).value_or("beginning") == "end";
  const std::uint64_t max_line = reader.byte_size("max_line").value_or(options.max_line);
  if (max_line < kShortestMaxLine || max_line > kLongestMaxLine) {
    reader.error("max_line", "expected a size from 64 bytes to 64MiB");
  }
  options.max_line = static_cast<std::size_t>(max_line);
  return options;
}

}  // namespace

std::unique_ptr<SourceDefinition> build_log_source(CollectorContext& context) {
  TableReader& reader = context.reader;
  const ErrorCheck errors(reader);
  PathKeys paths = read_path_keys(reader, context.path_override, "/var/log/app/*.log");
  std::optional<NamedPattern> path_fields = read_named_pattern(reader, "path_fields");
  TailOptions options = read_tail_options(reader);
  RecordRules records = read_record_keys(reader);
  options.join = records.join;
  TimeKeys time = read_time_keys(reader);
  LineFormatChoice format = read_line_format(reader, context.formats, paths.names, time);
  records.json = format.name == "json";
  records.time_of_envelope = records.time_of_envelope && !time.field;
  if (errors.failed() || format.format == nullptr) {
    return nullptr;
  }
  return std::make_unique<LogSource>(
      LogPaths{std::move(paths.patterns), std::move(paths.excludes), std::move(path_fields)}, std::move(options),
      std::move(time), std::move(records), std::move(format));
}

}  // namespace leeway
