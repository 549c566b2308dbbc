#include "collectors/tail/log_source.h"

#include <utility>

#include "collectors/decode/format.h"
#include "collectors/paths/path_keys.h"
#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

constexpr std::uint64_t kShortestMaxLine = 64;
constexpr std::uint64_t kLongestMaxLine = 64 << 20;

class LogSource final : public SourceDefinition {
 public:
  LogSource(LogPaths paths, const TailOptions& options, FormatConfig format)
      : paths_(std::move(paths)), options_(options), format_(std::move(format)) {}

  bool has_event_time() const override { return format_.time_field.has_value(); }
  TimeReader time_reader() const override { return make_time_reader(format_); }

  std::string describe(FileSystem& files) const override {
    return format_.format + (format_.text_prefix ? " behind a text prefix" : "") + ", tail of" +
           describe_matches(files, paths_.patterns, expand(files, paths_.patterns, paths_.excludes, paths_.limits));
  }

  std::unique_ptr<Collector> open(const Schema& schema, FileSystem& files) override {
    return std::make_unique<LogCollector>(paths_, options_, files, make_decoder(format_, schema), schema.size());
  }

 private:
  LogPaths paths_;
  TailOptions options_;
  FormatConfig format_;
};

}  // namespace

std::unique_ptr<SourceDefinition> build_log_source(CollectorContext& context) {
  TableReader& reader = context.reader;
  const std::size_t errors = reader.diagnostics().errors().size();
  PathKeys paths = read_path_keys(reader, context.path_override, "/var/log/app/*.log");
  TailOptions options;
  options.start_at_end = reader.choice("start", {"beginning", "end"}).value_or("beginning") == "end";
  const std::uint64_t max_line = reader.byte_size("max_line").value_or(options.max_line);
  if (max_line < kShortestMaxLine || max_line > kLongestMaxLine) {
    reader.error("max_line", "expected a size from 64 bytes to 64MiB");
  }
  options.max_line = static_cast<std::size_t>(max_line);
  std::optional<FormatConfig> format = read_format(reader);
  if (!format || reader.diagnostics().errors().size() != errors) {
    return nullptr;
  }
  return std::make_unique<LogSource>(LogPaths{std::move(paths.patterns), std::move(paths.excludes)}, options,
                                     std::move(*format));
}

}  // namespace leeway
