#include "collectors/text/presets.h"

#include <utility>

#include "collectors/text/template_format.h"
#include "collectors/text/text_format.h"

namespace leeway {

std::unique_ptr<LineFormat> read_text_preset(FormatContext& context, const TextPreset& preset) {
  if (!preset.time_format.empty()) {
    set_own_time(context, "time", preset.time_format);
  }
  TemplatePattern pattern = TemplatePattern::compile(preset.pattern).value();
  require_time_part(context, pattern);
  return make_template_format(std::move(pattern), {}, context.time);
}

}  // namespace leeway
