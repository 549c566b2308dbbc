#include "collectors/decode/json_format.h"

#include <utility>

#include "collectors/decode/field_path.h"
#include "collectors/decode/json_decoder.h"
#include "collectors/decode/json_unwrap.h"

namespace leeway {
namespace {

class JsonLineFormat final : public LineFormat {
 public:
  JsonLineFormat(bool text_prefix, std::optional<FieldPath> wrapped, TimeKeys time)
      : text_prefix_(text_prefix), wrapped_(std::move(wrapped)), time_(std::move(time)) {}

  std::string summary() const override {
    return std::string(text_prefix_ ? " after a text prefix" : "") +
           (wrapped_ ? " in the text of " + wrapped_->to_string() : "");
  }
  std::unique_ptr<Decoder> make_decoder(const Schema& schema) const override {
    if (wrapped_) {
      return std::make_unique<UnwrappingJsonDecoder>(text_prefix_, time_, *wrapped_, schema);
    }
    return std::make_unique<JsonDecoder>(JsonOptions{text_prefix_, time_.field}, time_.parser(), schema);
  }

 private:
  const bool text_prefix_;
  const std::optional<FieldPath> wrapped_;
  const TimeKeys time_;
};

}  // namespace

std::unique_ptr<LineFormat> read_json_log_format(FormatContext& context) {
  const bool text_prefix = context.reader.boolean("prefix", false);
  return std::make_unique<JsonLineFormat>(text_prefix, read_field_path(context.reader, "unwrap"), context.time);
}

std::unique_ptr<LineFormat> read_jsonl_format(FormatContext& context) {
  return std::make_unique<JsonLineFormat>(false, std::nullopt, context.time);
}

}  // namespace leeway
