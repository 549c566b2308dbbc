#include "collectors/decode/format_list.h"

#include <algorithm>
#include <utility>

#include "collectors/decode/choose_format.h"
#include "collectors/decode/first_part.h"

namespace leeway {
namespace {

class ListDecoder final : public Decoder {
 public:
  // `names` are those of their formats. `timed`: that a record has no time is an anomaly, whatever its format.
  ListDecoder(std::vector<std::unique_ptr<Decoder>> decoders, const std::vector<std::string>& names, bool timed)
      : decoders_(std::move(decoders)), names_(names), timed_(timed) {}

  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) override {
    for (const Line& line : lines) {
      if (!line.text.empty() && !decode_one(line, batch, counts)) {
        reject(counts, "no_format", line.text);
      }
    }
  }

  void set_modified(TimePoint modified) override {
    std::for_each(decoders_.begin(), decoders_.end(), [modified](const auto& each) { each->set_modified(modified); });
  }
  bool wants_first_line() const override {
    return std::any_of(decoders_.begin(), decoders_.end(), [](const auto& each) { return each->wants_first_line(); });
  }
  void set_first_line(std::string_view line) override {
    std::for_each(decoders_.begin(), decoders_.end(), [line](const auto& each) { each->set_first_line(line); });
  }

 private:
  // What a format says of a line that it does not read is not counted.
  bool decode_one(const Line& line, RecordBatch& batch, DecodeCounts& counts) {
    const std::size_t rows = batch.rows();
    const bool several = line.text.find('\n') != std::string_view::npos;
    const Line part{several ? first_part(line.text) : line.text, line.end};
    for (std::size_t i = 0; i < decoders_.size(); ++i) {
      decoders_[i]->decode(std::span(&line, 1), batch, tried_);
      if (several && batch.rows() == rows) {
        reset_counts(tried_.anomalies);
        decoders_[i]->decode(std::span(&part, 1), batch, tried_);
      }
      if (batch.rows() > rows) {
        if (batch.times()[rows] == kNoTime) {
          note_untimed(i, counts);
        }
        add_counts(counts.anomalies, tried_.anomalies);
        reset_counts(tried_.anomalies);
        return true;
      }
      reset_counts(tried_.anomalies);
    }
    return false;
  }

  // A format without `time` does not count that its records have none.
  void note_untimed(std::size_t format, DecodeCounts& counts) {
    const auto counted = [this](std::string_view kind) {
      const auto found = tried_.anomalies.find(kind);
      return found != tried_.anomalies.end() && found->second != 0;
    };
    count_reason(counts.untimed, names_[format]);
    if (timed_ && !counted("time_missing") && !counted("time_invalid") && !counted("year_unknown")) {
      count_reason(counts.anomalies, "time_missing");
    }
  }

  const std::vector<std::unique_ptr<Decoder>> decoders_;
  const std::vector<std::string>& names_;
  const bool timed_;
  DecodeCounts tried_;
};

class ListFormat final : public LineFormat {
 public:
  ListFormat(std::vector<std::unique_ptr<LineFormat>> formats, std::vector<std::string> names, bool timed)
      : formats_(std::move(formats)), names_(std::move(names)), timed_(timed) {}

  std::unique_ptr<Decoder> make_decoder(const Schema& schema) const override {
    std::vector<std::unique_ptr<Decoder>> decoders;
    for (const std::unique_ptr<LineFormat>& format : formats_) {
      decoders.push_back(format->make_decoder(schema));
    }
    return std::make_unique<ListDecoder>(std::move(decoders), names_, timed_);
  }

 private:
  const std::vector<std::unique_ptr<LineFormat>> formats_;
  const std::vector<std::string> names_;
  const bool timed_;
};

LineFormatChoice read_one(TableReader& reader, const FormatKind* kind, TimeKeys& time, bool shares_time) {
  if (kind == nullptr) {
    return {};
  }
  FormatContext context{reader, time, shares_time};
  return {std::string(kind->name), kind->read_lines(context)};
}

LineFormatChoice read_element(TableReader& reader, const ConfigValue& element, std::span<const FormatKind> formats,
                              TimeKeys& time) {
  if (const std::string* const name = element.get_if<std::string>()) {
    return read_one(reader, find_format(reader, element, formats, FormatUse::kLogs), time, true);
  }
  const ConfigTable* const table = element.get_if<ConfigTable>();
  if (table == nullptr) {
    reader.diagnostics().error(element.position(), reader.what() + ": an element of 'format' is " +
                                                       std::string(element.type_name()) +
                                                       "; expected the name of a format, or a table with it such as "
                                                       "{ format = \"regex\", pattern = '...' }");
    return {};
  }
  TableReader own(*table, element.position(), "a format of " + reader.what(), reader.diagnostics());
  const bool own_time = own.has("time") || own.has("time_format") || own.has("time_zone");
  if (own_time) {
    time = read_time_keys(own);
  }
  LineFormatChoice choice = read_one(own, choose_format(own, formats, FormatUse::kLogs, {}), time, !own_time);
  if (own_time) {
    require_time_field(own, time);
  }
  own.report_unused_keys();
  return choice;
}

}  // namespace

LineFormatChoice read_line_format(TableReader& reader, std::span<const FormatKind> formats,
                                  const std::vector<std::string>& files, TimeKeys& time) {
  const ConfigValue* const value = reader.value("format", KeyType::kText | KeyType::kTexts | KeyType::kTables);
  const ConfigArray* const list = value == nullptr ? nullptr : value->get_if<ConfigArray>();
  if (list == nullptr) {
    return read_one(reader, choose_format(reader, formats, FormatUse::kLogs, files), time, false);
  }
  if (list->empty()) {
    reader.error("format", "'format' is an empty list; expected the names of formats");
  }
  std::string names;
  TimeKeys with_time = time;
  std::vector<std::unique_ptr<LineFormat>> all;
  std::vector<std::string> all_names;
  for (const ConfigValue& element : *list) {
    TimeKeys own_time = time;
    LineFormatChoice one = read_element(reader, element, formats, own_time);
    with_time = with_time.field ? with_time : own_time;
    if (one.format != nullptr) {
      names += (names.empty() ? "" : ", ") + one.name + one.format->summary();
      all.push_back(std::move(one.format));
      all_names.push_back(std::move(one.name));
    }
  }
  if (all.size() != list->size() || all.empty()) {
    return {};
  }
  time = with_time;
  // Within an envelope, a record without a time has that of the envelope.
  const bool timed = time.field.has_value() && !reader.has("container");
  return {std::move(names), std::make_unique<ListFormat>(std::move(all), std::move(all_names), timed)};
}

}  // namespace leeway
