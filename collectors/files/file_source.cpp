#include "collectors/files/file_source.h"

#include <algorithm>
#include <utility>

#include "agent/config/table_reader.h"
#include "collectors/decode/cell_keys.h"
#include "collectors/decode/choose_format.h"
#include "collectors/files/file_collector.h"
#include "collectors/files/line_reader.h"
#include "collectors/files/newest_file.h"
#include "collectors/paths/path_keys.h"

namespace leeway {
namespace {

constexpr std::int64_t kMostFiles = 1'000'000;

class FileSource final : public SourceDefinition {
 public:
  FileSource(FilePaths paths, const FileOptions& options, TimeKeys time, std::string format_name,
             std::unique_ptr<FileFormat> format)
      : paths_(std::move(paths)),
        options_(options),
        time_(std::move(time)),
        format_name_(std::move(format_name)),
        format_(std::move(format)) {}

  // A record without a time of its own has that of its file.
  bool has_event_time() const override { return true; }
  std::string time_field() const override { return time_.field_name(); }
  TimeReader time_reader() const override { return time_.reader(); }
  bool names_columns() const override { return format_->names_columns(); }
  bool has_several_files() const override {
    const auto names_several = [this](const Glob& pattern) {
      return options_.unit == VersionUnit::kDirectory ? Glob::has_wildcard(parent_directory(pattern.pattern()))
                                                      : !pattern.literal();
    };
    return !options_.replaces_any && options_.unit != VersionUnit::kAll &&
           (paths_.patterns.size() > 1 || std::any_of(paths_.patterns.begin(), paths_.patterns.end(), names_several));
  }
  std::string time_zone() const override { return time_.zone; }

  bool is_of_path(const FieldPath& field) const override { return paths_.fields && paths_.fields->group_of(field); }

  std::string summary(FileSystem& files) const override {
    const char* const unit = options_.unit == VersionUnit::kAll         ? " that form one version together:"
                             : options_.unit == VersionUnit::kDirectory ? " that form one version in each directory:"
                                                                        : "";
    return format_name_ + format_->summary() + ", files" + unit +
           matches_text(files, paths_.patterns, expand(files, paths_.patterns, paths_.excludes));
  }

  std::string newest_version(FileSystem& files) const override {
    const std::optional<NewestFile> newest = newest_file(paths_, files);
    return newest ? newest->stamp() : "";
  }

  Expected<std::vector<std::string>> columns(FileSystem& files) const override {
    if (!format_->names_columns()) {
      return Error{ErrorCode::kConfiguration, "the format '" + format_name_ + "' does not name columns"};
    }
    const std::optional<NewestFile> newest = newest_file(paths_, files);
    if (!newest) {
      return Error{ErrorCode::kNotFound, "no file matches yet"};
    }
    const Schema none;
    return columns_of(*newest, *format_->make_reader(none, files), files);
  }

  std::unique_ptr<Collector> open(const Schema& schema, FileSystem& files) override {
    return std::make_unique<FileCollector>(paths_, options_, files, format_->make_reader(schema, files), schema);
  }

 private:
  const FilePaths paths_;
  const FileOptions options_;
  const TimeKeys time_;
  const std::string format_name_;
  const std::unique_ptr<FileFormat> format_;
};

std::unique_ptr<FileFormat> read_format(const FormatKind& kind, FormatContext& context) {
  return kind.read_file != nullptr ? kind.read_file(context) : read_line_file_format(context, kind.read_lines(context));
}

FileOptions read_file_options(TableReader& reader, const FilePace& usual) {
  FileOptions options;
  options.pace.settle = reader.duration_or_zero("settle", usual.settle);
  const std::string unit = reader.choice("version", {"file", "directory", "all"}, "file");
  options.unit = unit == "all" ? VersionUnit::kAll : unit == "directory" ? VersionUnit::kDirectory : VersionUnit::kFile;
  options.replaces_any = reader.choice("replaces", {"same", "any"}, "same") == "any";
  options.marker = reader.string("marker").value_or("");
  if (options.marker.find('/') != std::string::npos) {
    reader.error("marker", "expected the name of a file in the directory of the data, such as \"_SUCCESS\"");
  }
  options.pace.interval = reader.duration_or_zero("interval", usual.interval);
  if (const std::optional<std::int64_t> max_files = reader.integer("max_files", 1, kMostFiles)) {
    options.max_files = static_cast<std::size_t>(*max_files);
  }
  return options;
}

}  // namespace

std::unique_ptr<SourceDefinition> build_file_source(CollectorContext& context) {
  TableReader& reader = context.reader;
  const ErrorCheck errors(reader);
  PathKeys paths = read_path_keys(reader, context.path_override, "/data/report.json");
  std::optional<NamedPattern> path_fields = read_named_pattern(reader, "path_fields");
  TimeKeys time = read_time_keys(reader);
  FormatContext format_context{reader, time};
  const FormatKind* const kind = choose_format(reader, context.formats, FormatUse::kFiles, paths.names);
  std::unique_ptr<FileFormat> format = kind != nullptr ? read_format(*kind, format_context) : nullptr;
  require_time_field(reader, time);
  FileOptions options = read_file_options(reader, format != nullptr ? format->pace() : FilePace{});
  options.has_time = time.field.has_value();
  if (errors.failed()) {
    return nullptr;
  }
  return std::make_unique<FileSource>(
      FilePaths{std::move(paths.patterns), std::move(paths.excludes), std::move(path_fields)}, options, std::move(time),
      std::string(kind->name), std::move(format));
}

}  // namespace leeway
