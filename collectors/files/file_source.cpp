#include "collectors/files/file_source.h"

#include <utility>

#include "collectors/files/file_collector.h"
#include "collectors/files/file_format.h"
#include "collectors/paths/path_keys.h"

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

}  // namespace

std::unique_ptr<SourceDefinition> build_file_source(CollectorContext& context) {
  TableReader& reader = context.reader;
  const std::size_t errors = reader.diagnostics().errors().size();
  PathKeys paths = read_path_keys(reader, context.path_override, "/data/report.json");
  std::optional<NamedPattern> path_fields = read_path_fields(reader);
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
  return std::make_unique<FileSource>(
      FilePaths{std::move(paths.patterns), std::move(paths.excludes), std::move(path_fields)}, options,
      std::move(*format));
}

}  // namespace leeway
