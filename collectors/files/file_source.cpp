#include "collectors/files/file_source.h"

#include <utility>

#include "collectors/files/file_collector.h"
#include "collectors/files/file_format.h"

namespace leeway {
namespace {

constexpr std::int64_t kMostFiles = 1'000'000;
constexpr Duration kQueryInterval = std::chrono::seconds(10);

class FileSource final : public SourceDefinition {
 public:
  FileSource(FilePaths paths, const FileOptions& options, FileFormat format)
      : paths_(std::move(paths)), options_(options), format_(std::move(format)) {}

  // A record without a time of its own has that of its file.
  bool has_event_time() const override { return true; }
  TimeReader time_reader() const override { return make_time_reader(format_.time); }

  std::string describe(FileSystem& files) const override {
    return format_.name + ", files" +
           describe_matches(files, paths_.patterns, expand(files, paths_.patterns, paths_.excludes));
  }

  std::unique_ptr<Collector> open(const Schema& schema, FileSystem& files) override {
    return std::make_unique<FileCollector>(paths_, options_, files, make_reader(format_, schema), schema);
  }

 private:
  FilePaths paths_;
  FileOptions options_;
  FileFormat format_;
};

std::optional<NamedPattern> read_path_fields(TableReader& reader) {
  const std::optional<std::string> text = reader.string("path_fields");
  if (!text) {
    return std::nullopt;
  }
  Expected<NamedPattern> pattern = NamedPattern::compile(*text);
  if (!pattern) {
    reader.error("path_fields", pattern.error().message);
    return std::nullopt;
  }
  return std::move(*pattern);
}

FilePaths read_paths(CollectorContext& context) {
  TableReader& reader = context.reader;
  std::vector<std::string> patterns = reader.strings("path").value_or(std::vector<std::string>{});
  if (context.path_override) {
    patterns = {*context.path_override};
  } else if (!reader.has("path")) {
    reader.missing("path", "a file name or pattern");
  }
  for (const std::string& pattern : patterns) {
    if (pattern.empty()) {
      reader.error("path", "an empty path; expected a file name or pattern such as \"/data/report.json\"");
    }
  }
  const std::vector<std::string> excludes = reader.strings("exclude").value_or(std::vector<std::string>{});
  return {{patterns.begin(), patterns.end()}, {excludes.begin(), excludes.end()}, read_path_fields(reader)};
}

}  // namespace

std::unique_ptr<SourceDefinition> build_file_source(CollectorContext& context) {
  TableReader& reader = context.reader;
  const std::size_t errors = reader.diagnostics().errors().size();
  FilePaths paths = read_paths(context);
  std::optional<FileFormat> format = read_file_format(reader);
  FileOptions options;
  if (format && format->name == "sqlite") {
    // The database says itself when it is whole; one that is in use may never rest.
    options.settle = Duration::zero();
    options.interval = kQueryInterval;
  }
  options.settle = reader.duration_or_zero("settle").value_or(options.settle);
  options.interval = reader.duration_or_zero("interval").value_or(options.interval);
  const std::optional<std::int64_t> max_files = reader.integer("max_files", 1, kMostFiles);
  options.max_files = max_files ? static_cast<std::size_t>(*max_files) : options.max_files;
  if (!format || reader.diagnostics().errors().size() != errors) {
    return nullptr;
  }
  return std::make_unique<FileSource>(std::move(paths), options, std::move(*format));
}

}  // namespace leeway
