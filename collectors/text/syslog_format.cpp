#include "collectors/text/syslog_format.h"

#include "collectors/text/syslog_parser.h"
#include "collectors/text/text_format.h"

namespace leeway {

std::unique_ptr<LineFormat> read_syslog_format(FormatContext& context) {
  const YearRule years(read_year(context.reader));
  set_own_time(context, "time", "auto");
  return std::make_unique<TextFormat>([years] { return std::make_unique<SyslogParser>(years); }, CellOptions{},
                                      context.time);
}

}  // namespace leeway
