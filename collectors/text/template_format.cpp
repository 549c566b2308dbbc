#include "collectors/text/template_format.h"

#include <string>
#include <utility>

#include "collectors/decode/cell_keys.h"
#include "collectors/text/template_parser.h"
#include "collectors/text/text_format.h"

namespace leeway {

std::unique_ptr<LineFormat> read_template_format(FormatContext& context) {
  const CellOptions cells = read_cell_keys(context.reader);
  const std::string text = context.reader.required_string("pattern");
  if (text.empty()) {
    return nullptr;
  }
  Expected<TemplatePattern> pattern = TemplatePattern::compile(text);
  if (!pattern) {
    context.reader.error("pattern", "'pattern': " + pattern.error().message);
    return nullptr;
  }
  if (pattern->slot_of({{std::string("time")}})) {
    set_own_time(context, "time", "auto");
  }
  require_time_part(context, *pattern);
  return make_template_format(std::move(*pattern), cells, context.time);
}

void require_time_part(FormatContext& context, const TemplatePattern& pattern) {
  if (context.time.field && !context.shares_time && !pattern.has_pairs() && !pattern.slot_of(*context.time.field)) {
    context.reader.error("time", "'time' is '" + context.time.field->to_string() +
                                     "', which the pattern of the format does not have; expected one of its parts" +
                                     (pattern.slot_of({{std::string("time")}}) ? ", or no 'time': it has one" : ""));
  }
}

std::unique_ptr<LineFormat> make_template_format(TemplatePattern pattern, const CellOptions& cells,
                                                 const TimeKeys& time) {
  const auto shared = std::make_shared<const TemplatePattern>(std::move(pattern));
  return std::make_unique<TextFormat>([shared] { return std::make_unique<TemplateParser>(shared); }, cells, time);
}

}  // namespace leeway
