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
  return make_template_format(std::move(*pattern), cells, context.time);
}

std::unique_ptr<LineFormat> make_template_format(TemplatePattern pattern, const CellOptions& cells,
                                                 const TimeKeys& time) {
  const auto shared = std::make_shared<const TemplatePattern>(std::move(pattern));
  return std::make_unique<TextFormat>([shared] { return std::make_unique<TemplateParser>(shared); }, cells, time);
}

}  // namespace leeway
