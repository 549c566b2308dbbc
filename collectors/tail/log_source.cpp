#include "collectors/tail/log_source.h"

#include <utility>

#include "collectors/decode/format.h"
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

std::vector<Glob> to_globs(const std::vector<std::string>& patterns) { return {patterns.begin(), patterns.end()}; }

LogPaths read_paths(CollectorContext& context) {
  TableReader& reader = context.reader;
  std::vector<std::string> patterns = reader.strings("path").value_or(std::vector<std::string>{});
  if (context.path_override) {
    patterns = {*context.path_override};
  } else if (!reader.has("path")) {
    reader.missing("path", "a file name or pattern");
  }
  for (const std::string& pattern : patterns) {
    if (pattern.empty()) {
      reader.error("path", "an empty path; expected a file name or pattern such as \"/var/log/app/*.log\"");
    }
  }
  return {to_globs(patterns), to_globs(reader.strings("exclude").value_or(std::vector<std::string>{}))};
}

}  // namespace

std::unique_ptr<SourceDefinition> build_log_source(CollectorContext& context) {
  TableReader& reader = context.reader;
  const std::size_t errors = reader.diagnostics().errors().size();
  LogPaths paths = read_paths(context);
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
  return std::make_unique<LogSource>(std::move(paths), options, std::move(*format));
}

}  // namespace leeway
