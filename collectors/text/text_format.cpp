#include "collectors/text/text_format.h"

#include <string>
#include <utility>

#include "collectors/text/text_decoder.h"

namespace leeway {

TextFormat::TextFormat(MakeParser make_parser, const CellOptions& cells, TimeKeys time)
    : make_parser_(std::move(make_parser)), cells_(cells), time_(std::move(time)) {}

std::unique_ptr<Decoder> TextFormat::make_decoder(const Schema& schema) const {
  return std::make_unique<TextDecoder>(make_parser_(), cells_, time_, schema);
}

void set_own_time(FormatContext& context, std::string_view field, std::string_view time_format) {
  const FieldPath own{{std::string(field)}};
  const bool has_other = context.time.field && *context.time.field != own;
  if (has_other && !context.shares_time) {
    return;
  }
  context.time.field = own;
  if (has_other || !context.reader.has("time_format")) {
    context.time.format = time_format;
  }
}

}  // namespace leeway
