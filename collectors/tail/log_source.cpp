#include "collectors/tail/log_source.h"

#include <utility>

#include "agent/config/table_reader.h"
#include "collectors/decode/cell_keys.h"
#include "collectors/decode/format_list.h"
#include "collectors/paths/path_keys.h"
#include "collectors/records/record_keys.h"
#include "collectors/stream/stream_source.h"
#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

class LogSource final : public SourceDefinition {
 public:
  LogSource(LogPaths paths, TailOptions options, TimeKeys time, RecordRules records, LineFormatChoice format)
      : paths_(std::move(paths)),
        options_(std::move(options)),
        time_(std::move(time)),
        records_(std::move(records)),
        format_(std::move(format)) {}

  bool has_event_time() const override { return time_.field.has_value() || records_.time_of_envelope; }
  std::string time_field() const override { return time_.field_name(); }
  TimeReader time_reader() const override { return time_.reader(); }
  std::string time_zone() const override { return time_.zone; }
  bool starts_at_end() const override { return options_.start_at_end; }

  std::string summary(FileSystem& files) const override {
    return format_.name + format_.format->summary() + ", tail of" +
           matches_text(files, paths_.patterns, expand(files, paths_.patterns, paths_.excludes, paths_.limits));
  }

  std::unique_ptr<Collector> open(const Schema& schema, FileSystem& files) override {
    return std::make_unique<LogCollector>(paths_, options_, files, make_decoder(*format_.format, records_, schema),
                                          schema);
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
  options.start_at_end = reader.choice("start", {"beginning", "end"}, "beginning") == "end";
  options.max_line = read_max_line(reader, options.max_line);
  return options;
}

}  // namespace

std::unique_ptr<SourceDefinition> build_log_source(CollectorContext& context) {
  if (is_standard_input(context)) {
    return build_stdin_source(context);
  }
  TableReader& reader = context.reader;
  const ErrorCheck errors(reader);
  PathKeys paths = read_path_keys(reader, context.path_override, "/var/log/app/*.log");
  std::optional<NamedPattern> path_fields = read_named_pattern(reader, "path_fields");
  TailOptions options = read_tail_options(reader);
  RecordRules records = read_record_keys(reader);
  options.join = records.join;
  TimeKeys time = read_time_keys(reader);
  LineFormatChoice format = read_line_format(reader, context.formats, paths.names, time);
  require_time_field(reader, time);
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
