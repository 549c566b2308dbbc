// Passes literal lines through a decoder. Shared by the tests and fuzz targets of decoders.
#pragma once

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/record_batch.h"
#include "collectors/decode/field_path.h"
#include "collectors/decode/json_decoder.h"
#include "collectors/decode/time_keys.h"

namespace leeway {

// One source: paths to columns, in the order given.
class LineDecoder {
 public:
  using Make = std::function<std::unique_ptr<Decoder>(const Schema&)>;

  static Make json(bool text_prefix = false, const TimeKeys& time = {}) {
    return [=](const Schema& schema) {
      return std::make_unique<JsonDecoder>(JsonOptions{text_prefix, time.field}, time.parser(), schema);
    };
  }
  static Make json_with_time(const std::string& path) { return json(false, {parse_field_path(path).value()}); }

  explicit LineDecoder(const std::vector<std::string>& paths, Make make = json()) : make_(std::move(make)) {
    for (const std::string& path : paths) {
      schema_.intern(parse_field_path(path).value());
    }
    forget();
  }

  // A decoder that has not seen any line.
  void forget() { decoder_ = make_(schema_); }

  void set_modified(TimePoint modified) { decoder_->set_modified(modified); }

  // How the lines are laid out in their buffer.
  enum class Layout { kHostile, kJoined };

  // Decodes `lines` into an empty batch. The bytes around each line are hostile, braces and quotes, and in the first
  // layout the decoder must scan each line alone; in the second newlines separate them, as in a file.
  RecordBatch& decode(const std::vector<std::string>& lines, Layout layout = Layout::kHostile) {
    counts = {};
    batch.reset(schema_.size());
    std::size_t size = 0;
    for (const std::string& line : lines) {
      size += line.size() + kPadding;
    }
    char* at = batch.raw_buffer(size);
    std::vector<Line> cut;
    std::uint64_t end = 0;
    for (const std::string& line : lines) {
      line.copy(at, line.size());
      std::memset(at + line.size(), '}', kPadding / 2);
      std::memset(at + line.size() + kPadding / 2, '"', kPadding / 2);
      end += line.size() + 1;
      cut.push_back({{at, line.size()}, end});
      if (layout == Layout::kJoined) {
        at[line.size()] = '\n';
        at += line.size() + 1;
      } else {
        at += line.size() + kPadding;
      }
    }
    decoder_->decode(cut, batch, counts);
    return batch;
  }

  const Value& value(FieldId field, Row row = 0) { return batch.cell(field, row); }
  std::uint64_t rejected(std::string_view reason) const { return find(counts.rejects, reason); }
  std::uint64_t anomalies(std::string_view kind) const { return find(counts.anomalies, kind); }
  bool clean() const { return counts.rejects.empty() && counts.anomalies.empty(); }

  RecordBatch batch;
  DecodeCounts counts;

 private:
  static std::uint64_t find(const ReasonCounts& counters, std::string_view key) {
    const auto found = counters.find(key);
    return found == counters.end() ? 0 : found->second;
  }

  Make make_;
  Schema schema_;
  std::unique_ptr<Decoder> decoder_;
};

// "missing", "null", "true", "int 5", "double 0.5", "string x", "list 2", "map 1", "error": for assertions.
inline std::string text_of(const Value& value) {
  switch (value.kind) {
    case ValueKind::kMissing:
      return "missing";
    case ValueKind::kNull:
      return "null";
    case ValueKind::kBool:
      return value.boolean ? "true" : "false";
    case ValueKind::kInt:
      return "int " + std::to_string(value.integer);
    case ValueKind::kUnsigned:
      return "unsigned " + std::to_string(value.bits());
    case ValueKind::kDouble: {
      char text[40];
      std::snprintf(text, sizeof(text), "double %.17g", value.number);
      return text;
    }
    case ValueKind::kString:
      return "string " + std::string(value.string());
    case ValueKind::kList:
      return "list " + std::to_string(value.length);
    case ValueKind::kMap:
      return "map " + std::to_string(value.length);
    default:
      return "error";
  }
}

// The last decoded values of the first `fields` fields, and the counts: for comparison.
inline std::string all_of(LineDecoder& decoder, std::size_t fields) {
  std::string text;
  for (Row row = 0; row < decoder.batch.rows(); ++row) {
    text += std::to_string(decoder.batch.times()[row].time_since_epoch().count()) + " ";
    for (FieldId field = 0; field < fields; ++field) {
      text += text_of(decoder.value(field, row)) + ",";
    }
    text += "\n";
  }
  for (const auto& [reason, count] : decoder.counts.rejects) {
    text += reason + " " + std::to_string(count) + "\n";
  }
  for (const auto& [kind, count] : decoder.counts.anomalies) {
    text += kind + " " + std::to_string(count) + "\n";
  }
  return text;
}

// The value of `path` in the only record of a line, or "rejected: reason".
inline std::string field(const std::string& path, const std::string& line) {
  LineDecoder decoder({path});
  decoder.decode({line});
  if (decoder.batch.rows() == 1) {
    return text_of(decoder.value(0));
  }
  return decoder.counts.rejects.empty() ? "no record" : "rejected: " + decoder.counts.rejects.begin()->first;
}

}  // namespace leeway
