#include "collectors/stream/stream_source.h"

#include <string>
#include <utility>

#include "agent/config/table_reader.h"
#include "collectors/decode/format_list.h"
#include "collectors/records/record_keys.h"
#include "collectors/stream/stream_collector.h"
#include "collectors/stream/stream_keys.h"

namespace leeway {
namespace {

class StreamSource final : public SourceDefinition {
 public:
  StreamSource(StreamSettings settings, TimeKeys time, RecordRules records, LineFormatChoice format)
      : settings_(std::move(settings)),
        time_(std::move(time)),
        records_(std::move(records)),
        format_(std::move(format)) {}

  bool has_event_time() const override { return time_.field.has_value() || records_.time_of_envelope; }
  std::string time_field() const override { return time_.field_name(); }
  TimeReader time_reader() const override { return time_.reader(); }
  std::string time_zone() const override { return time_.zone; }
  std::string exclusive_input() const override { return settings_.address.to_string(); }
  bool ends() const override { return !settings_.address.is_socket(); }

  std::string summary(FileSystem& files) const override {
    return format_.name + format_.format->summary() +
           (settings_.address.is_socket() ? ", lines sent to " : ", lines of ") + settings_.address.to_string() +
           ", each at most once" + problem(files);
  }

  std::unique_ptr<Collector> open(const Schema& schema, FileSystem& files) override {
    return std::make_unique<StreamCollector>(settings_, files, make_decoder(*format_.format, records_, schema), schema);
  }

 private:
  std::string problem(FileSystem& files) const {
    if (settings_.address.kind != StreamKind::kFifo) {
      return {};
    }
    const Expected<FileInfo> info = files.stat(settings_.address.place);
    return !info ? "; " + info.error().message : info->type != FileType::kFifo ? "; it is no FIFO" : "";
  }

  const StreamSettings settings_;
  const TimeKeys time_;
  const RecordRules records_;
  const LineFormatChoice format_;
};

// The keys that all have.
std::unique_ptr<SourceDefinition> build(CollectorContext& context, const ErrorCheck& errors, StreamSettings settings) {
  TableReader& reader = context.reader;
  settings.receiver.max_line = read_max_line(reader, settings.receiver.max_line);
  read_buffer(reader, settings.receiver);
  RecordRules records = read_record_keys(reader);
  settings.join = records.join;
  settings.receiver.message_apart = records.join.joins() && settings.address.has_datagrams();
  TimeKeys time = read_time_keys(reader);
  LineFormatChoice format = read_line_format(reader, context.formats, {settings.address.place}, time);
  require_time_field(reader, time);
  if ((format.name == "csv" || format.name == "tsv") && !reader.has("columns")) {
    reader.error("format", "what is received has no header; expected 'columns', the names of the columns");
  }
  records.json = format.name == "json";
  records.time_of_envelope = records.time_of_envelope && !time.field;
  if (errors.failed() || format.format == nullptr) {
    return nullptr;
  }
  if (context.path_override == "-") {
    settings.address = {};
    settings.receiver.message_apart = false;
  }
  return std::make_unique<StreamSource>(std::move(settings), std::move(time), std::move(records), std::move(format));
}

// An override that is a path is for sources that have one.
void check_override(CollectorContext& context, const char* type) {
  if (context.path_override && context.path_override != "-") {
    context.reader.error("type", "--source.path '" + *context.path_override + "': a source of type \"" + type +
                                     "\" has no path; expected -, for standard input");
  }
}

}  // namespace

bool is_standard_input(CollectorContext& context) {
  if (context.path_override) {
    return context.path_override == "-";
  }
  const ConfigValue* const path = context.reader.value("path", KeyType::kText);
  const std::string* const text = path == nullptr ? nullptr : path->get_if<std::string>();
  return text != nullptr && *text == "-";
}

std::unique_ptr<SourceDefinition> build_stdin_source(CollectorContext& context) {
  const ErrorCheck errors(context.reader);
  // Of a log source. Its files are not read if another path is given on the command line.
  for (const char* key : {"path", "exclude", "start", "path_fields"}) {
    if (context.reader.has(key) && !context.path_override && std::string_view(key) != "path") {
      context.reader.error(key, "'" + std::string(key) + "' is for files; expected none for standard input");
    }
    context.reader.accept(key);
  }
  check_override(context, "stdin");
  return build(context, errors, {});
}

std::unique_ptr<SourceDefinition> build_fifo_source(CollectorContext& context) {
  const ErrorCheck errors(context.reader);
  const std::string path = context.reader.required_string("path");
  return build(context, errors, {.address = {StreamKind::kFifo, context.path_override.value_or(path), 0}});
}

std::unique_ptr<SourceDefinition> build_socket_source(CollectorContext& context) {
  const ErrorCheck errors(context.reader);
  check_override(context, "socket");
  StreamSettings settings{.address = read_listen(context.reader)};
  read_socket_keys(context.reader, settings.address, settings.endpoint, settings.receiver);
  return build(context, errors, std::move(settings));
}

}  // namespace leeway
