// What an expression gives for one JSON record, as text. Shared by the test of EXPRESSIONS.md and evaluate_expressions.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/number_text.h"
#include "agent/core/rfc3339.h"
#include "agent/expressions/expression.h"
#include "collectors/decode/json_decoder.h"
#include "collectors/decode/json_fields.h"
#include "collectors/decode/time_keys.h"

namespace leeway {

inline std::string quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (c == '\t') {
      result += "\\t";
    } else if (byte < 0x20) {
      result += {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      result += c;
    }
  }
  return result + "\"";
}

inline std::string to_text(const Value& value) {
  switch (value.kind) {
    case ValueKind::kNull:
      return "null";
    case ValueKind::kBool:
      return value.boolean ? "true" : "false";
    case ValueKind::kInt:
      return std::to_string(value.integer);
    case ValueKind::kUnsigned:
      return std::to_string(value.bits());
    case ValueKind::kDouble: {
      const std::string text = value.number == 0 && std::signbit(value.number) ? "-0" : plain_number(value.number);
      return text + (text.find_first_of(".en") == std::string::npos ? ".0" : "");
    }
    case ValueKind::kString:
      return quoted(value.string());
    case ValueKind::kTimestamp:
      return "timestamp " + format_rfc3339(value.instant());
    case ValueKind::kDuration:
      return "duration " + std::to_string(value.integer);
    case ValueKind::kError:
      return "fails: " + std::string(to_string(value.failure));
    case ValueKind::kList:
      return "list of " + std::to_string(value.length);
    case ValueKind::kMap:
      return "map of " + std::to_string(value.length);
    default:
      return "another kind";
  }
}

// Compiles an expression once for all records that follow each other with it.
class EvaluatedText {
 public:
  // `zone` is that of times without one.
  explicit EvaluatedText(std::string zone) : time_{std::nullopt, "auto", std::move(zone)} {}

  // "refused" with the message if the expression is not one.
  std::string evaluate(const std::string& record, const std::string& text) {
    if (expression_ == nullptr || text != text_) {
      text_ = text;
      schema_ = Schema();
      schema_.set_time_reader(time_.reader());
      schema_.set_time_zone(time_.zone);
      schema_.set_source("app");
      schema_.set_hash_key("a key of sixteen or more bytes");
      expression_ = std::make_unique<Expected<Expression>>(Expression::compile(text, schema_));
    }
    if (!*expression_) {
      return "refused: " + expression_->error().to_string();
    }
    JsonDecoder decoder({}, time_.parser(), schema_);
    batch_.reset(schema_.size());
    char* const bytes = batch_.raw_buffer(record.size());
    std::copy(record.begin(), record.end(), bytes);
    const std::vector<Line> lines = {{{bytes, record.size()}, record.size()}};
    DecodeCounts counts;
    decoder.decode(lines, batch_, counts);
    JsonFields(schema_).fill(0, batch_, counts);
    if (batch_.rows() != 1) {
      return "the record is not valid";
    }
    return to_text((*expression_)->evaluate(batch_, std::vector<Row>{0})[0]);
  }

 private:
  TimeKeys time_;
  std::string text_;
  Schema schema_;
  std::unique_ptr<Expected<Expression>> expression_;
  RecordBatch batch_;
};

}  // namespace leeway
