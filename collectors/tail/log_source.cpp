#include "collectors/tail/log_source.h"

#include <utility>

#include "agent/config/table_reader.h"
#include "collectors/decode/choose_format.h"
#include "collectors/paths/path_keys.h"
#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

constexpr std::uint64_t kShortestMaxLine = 64;
constexpr std::uint64_t kLongestMaxLine = 64 << 20;

class LogSource final : public SourceDefinition {
 public:
  LogSource(LogPaths paths, const TailOptions& options, TimeKeys time, std::string format_name,
            std::unique_ptr<LineFormat> format)
      : paths_(std::move(paths)),
        options_(options),
        time_(std::move(time)),
        format_name_(std::move(format_name)),
        format_(std::move(format)) {}

  bool has_event_time() const override { return time_.field.has_value(); }
  TimeReader time_reader() const override { return time_.reader(); }

  std::string summary(FileSystem& files) const override {
    return format_name_ + format_->summary() + ", tail of" +
           matches_text(files, paths_.patterns, expand(files, paths_.patterns, paths_.excludes, paths_.limits));
  }

  std::unique_ptr<Collector> open(const Schema& schema, FileSystem& files) override {
    return std::make_unique<LogCollector>(paths_, options_, files, format_->make_decoder(schema), schema.size());
  }

 private:
  const LogPaths paths_;
  const TailOptions options_;
  const TimeKeys time_;
  const std::string format_name_;
  const std::unique_ptr<LineFormat> format_;
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
  const TailOptions options = read_tail_options(reader);
  TimeKeys time = read_time_keys(reader);
  const FormatKind* const kind = choose_format(reader, context.formats, FormatUse::kLogs, paths.names);
  if (kind == nullptr) {
    return nullptr;
  }
  FormatContext format_context{reader, time};
  std::unique_ptr<LineFormat> format = kind->read_lines(format_context);
  if (errors.failed()) {
    return nullptr;
  }
  return std::make_unique<LogSource>(LogPaths{std::move(paths.patterns), std::move(paths.excludes)}, options,
                                     std::move(time), std::string(kind->name), std::move(format));
}

}  // namespace leeway
