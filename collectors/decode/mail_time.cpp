#include "collectors/decode/mail_time.h"

#include <utility>

namespace leeway {

MailTime::MailTime() {
  for (const char* pattern :
       {"%a, %e %b %Y %T", "%e %b %Y %T", "%a, %e-%b-%Y %T", "%a, %e-%b-%y %T", "%e %b %Y %T.%f", "%e/%b/%Y:%T",
        "%e/%b/%Y %T", "%a %b %e %T %Y", "%a %b %e %T.%f %Y", "%Y/%m/%d %T", "%Y/%m/%d %T.%f", "%Y/%m/%d %T,%f"}) {
    patterns_.push_back(std::move(TimePattern::compile(pattern)).value());
  }
}

bool MailTime::read(std::string_view text, CivilTime& civil) const {
  constexpr int kFirstYearOfFourDigits = 1000;
  std::optional<std::int32_t> offset;
  if (const std::size_t space = text.rfind(' '); space != std::string_view::npos) {
    std::string_view zone = text.substr(space + 1);
    std::int32_t east = 0;
    if (take_zone(zone, east) && zone.empty()) {
      offset = east;
      text = text.substr(0, space);
    }
  }
  for (const TimePattern& pattern : patterns_) {
    const std::optional<CivilTime> read = pattern.match(text);
    if (read && read->year >= kFirstYearOfFourDigits) {
      civil = *read;
      civil.offset = offset;
      return true;
    }
  }
  return false;
}

}  // namespace leeway
