// Finds times at the front of lines, without knowing what follows them. Pure functions, used by syslog, klog and
// templates.
#pragma once

#include <string_view>

#include "collectors/text/year_rule.h"

namespace leeway {

// Each takes what it finds off the front of `text`; false, and nothing taken, where there is nothing of its kind.
// "04:25:02", with or without a fraction.
bool take_clock(std::string_view& text, std::string_view& clock);
// "Nov  8 04:25:02", "Nov 08 ...", "Nov 8 2024 ...": `year` is empty where there is none.
bool take_month_time(std::string_view& text, YearlessTime& time, std::string_view& year);
// "2026-11-28T04:25:02.003Z", "2026-11-28 04:25:02": up to the blank after it.
bool take_iso_shape(std::string_view& text, std::string_view& time);
// The size of the date and time that `text` begins with, with its blanks and its zone: ISO 8601, also with '/' in the
// date, "28 Nov 2026 04:25:02.123", "28/Nov/2026:04:25:02 +0000", "Sat, 28 Nov 2026 04:25:02 GMT", "Sat Nov 28 04:25:02
// 2026". 0 where it begins with none.
std::size_t date_time_size(std::string_view text);
// Up to the next blank, and the blanks after it.
std::string_view take_word_text(std::string_view& text);

}  // namespace leeway
