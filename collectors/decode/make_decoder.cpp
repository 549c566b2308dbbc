#include <cassert>
#include <utility>

#include "collectors/decode/format.h"
#include "collectors/decode/json_decoder.h"

namespace leeway {

std::unique_ptr<Decoder> make_decoder(const FormatConfig& config, const Schema& schema) {
  Expected<TimestampParser> time_parser = TimestampParser::create(config.time_format, config.time_zone);
  assert(time_parser.has_value() && "read_format accepts no other format or zone");
  return std::make_unique<JsonDecoder>(JsonOptions{config.text_prefix, config.time_field},
                                       std::move(time_parser).value(), schema);
}

}  // namespace leeway
