// Splits lines of syslog: both RFCs and what programs write instead. Used by the `syslog` format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/text/line_parser.h"
#include "collectors/text/year_rule.h"

namespace leeway {

// A line is never refused: what is not recognised is the message.
class SyslogParser final : public LineParser {
 public:
  explicit SyslogParser(const YearRule& years) : years_(years) {}

  std::optional<std::size_t> want(const FieldPath& field) override;
  std::size_t slots() const override;
  bool split(std::string_view line, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) override;
  void set_modified(TimePoint modified) override { years_.set_modified(modified); }

 private:
  // A parameter of structured data, as sd["id"]["name"].
  struct Parameter {
    std::string id;
    std::string name;
  };

  void read_versioned(std::string_view text, std::span<Part> parts, RecordBatch& batch) const;
  bool read_time(std::string_view& text, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) const;
  bool read_element(std::string_view& text, std::span<Part> parts, RecordBatch& batch) const;

  YearRule years_;
  std::vector<Parameter> parameters_;  // their slots follow those of the fields
};

}  // namespace leeway
