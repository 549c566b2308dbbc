#include "collectors/decode/json_format.h"

#include <utility>

#include "collectors/decode/json_decoder.h"

namespace leeway {
namespace {

class JsonLineFormat final : public LineFormat {
 public:
  JsonLineFormat(bool text_prefix, TimeKeys time) : text_prefix_(text_prefix), time_(std::move(time)) {}

  std::string summary() const override { return text_prefix_ ? " after a text prefix" : ""; }
  std::unique_ptr<Decoder> make_decoder(const Schema& schema) const override {
    return std::make_unique<JsonDecoder>(JsonOptions{text_prefix_, time_.field}, time_.parser(), schema);
  }

 private:
  const bool text_prefix_;
  const TimeKeys time_;
};

}  // namespace

std::unique_ptr<LineFormat> read_json_log_format(FormatContext& context) {
  const bool text_prefix = context.reader.boolean("prefix").value_or(false);
  return std::make_unique<JsonLineFormat>(text_prefix, context.time);
}

std::unique_ptr<LineFormat> read_jsonl_format(FormatContext& context) {
  return std::make_unique<JsonLineFormat>(false, context.time);
}

}  // namespace leeway
