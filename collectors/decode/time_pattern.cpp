#include "collectors/decode/time_pattern.h"

#include <array>

#include "agent/core/ascii.h"
#include "collectors/decode/zone_abbreviations.h"

namespace leeway {
namespace {

// Takes between one and `max_digits` digits off the front of `text`.
bool take_number(std::string_view& text, int max_digits, unsigned& number) {
  std::size_t digits = 0;
  for (number = 0; digits < text.size() && is_digit(text[digits]) && digits < static_cast<std::size_t>(max_digits);
       ++digits) {
    number = number * 10 + static_cast<unsigned>(text[digits] - '0');
  }
  text.remove_prefix(digits);
  return digits > 0;
}

bool is_c_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sunday",   "monday", "tuesday", "wednesday",
                                                       "thursday", "friday", "saturday"};
constexpr std::size_t kAbbreviation = 3;

bool take_word(std::string_view& text, std::string_view word) {
  if (text.size() < word.size()) {
    return false;
  }
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(text[i]) != word[i]) {
      return false;
    }
  }
  text.remove_prefix(word.size());
  return true;
}

// The index of the name (in full or by its first three letters) at the beginning of `text`.
template <std::size_t N>
bool take_name(std::string_view& text, const std::array<std::string_view, N>& names, unsigned& index) {
  for (index = 0; index < N; ++index) {
    if (take_word(text, names[index]) || take_word(text, names[index].substr(0, kAbbreviation))) {
      return true;
    }
  }
  return false;
}

bool take_in_range(std::string_view& text, int max_digits, unsigned low, unsigned high, unsigned& number) {
  return take_number(text, max_digits, number) && number >= low && number <= high;
}

void skip_space(std::string_view& text) {
  while (!text.empty() && is_c_space(text.front())) {
    text.remove_prefix(1);
  }
}

bool take_epoch(std::string_view& text, std::int64_t& number) {
  const bool negative = !text.empty() && text.front() == '-';
  text.remove_prefix(negative ? 1 : 0);
  constexpr std::size_t kMaxDigits = 18;
  std::size_t digits = 0;
  for (number = 0; digits < text.size() && is_digit(text[digits]) && digits < kMaxDigits; ++digits) {
    number = number * 10 + (text[digits] - '0');
  }
  text.remove_prefix(digits);
  number = negative ? -number : number;
  return digits > 0 && (text.empty() || !is_digit(text.front()));
}

// What a match collects besides the civil time.
struct Match {
  CivilTime time;
  std::optional<bool> afternoon;
  std::optional<unsigned> day_of_year;
};

bool read_date_directive(char directive, std::string_view& text, Match& match) {
  CivilTime& time = match.time;
  unsigned number = 0;
  switch (directive) {
    case 'Y':
      if (!take_number(text, 4, number)) {
        return false;
      }
      time.year = static_cast<int>(number);
      return true;
    case 'y':
      if (!take_number(text, 2, number)) {
        return false;
      }
      time.year = static_cast<int>(number < 69 ? 2000 + number : 1900 + number);  // POSIX
      return true;
    case 'm':
      return take_in_range(text, 2, 1, 12, time.month);
    case 'b':
    case 'B':
      if (!take_name(text, kMonths, number)) {
        return false;
      }
      time.month = number + 1;
      return true;
    case 'd':
      return take_in_range(text, 2, 1, 31, time.day);
    case 'e':
      skip_space(text);
      return take_in_range(text, 2, 1, 31, time.day);
    case 'j':
      if (!take_in_range(text, 3, 1, 366, number)) {
        return false;
      }
      match.day_of_year = number;
      return true;
    default:
      return take_name(text, kWeekdays, number);
  }
}

bool read_epoch_directive(char directive, std::string_view& text, CivilTime& time) {
  std::int64_t number = 0;
  if (!take_epoch(text, number)) {
    return false;
  }
  if (directive == 's') {
    time.epoch_seconds = number;
    return true;
  }
  const std::int64_t milliseconds = (number % 1000 + 1000) % 1000;
  time.epoch_seconds = (number - milliseconds) / 1000;
  time.nanosecond = static_cast<std::uint32_t>(milliseconds) * 1'000'000;
  return true;
}

bool take_zone_name(std::string_view& text, CivilTime& time) {
  std::size_t letters = 0;
  while (letters < text.size() && is_letter(text[letters])) {
    ++letters;
  }
  std::string_view name = text.substr(0, letters);
  text.remove_prefix(letters);
  time.zone_name = name;
  if ((take_word(name, "utc") || take_word(name, "gmt") || take_word(name, "z")) && name.empty()) {
    time.zone_name = {};
    time.offset = 0;
  }
  return letters > 0;
}

bool read_clock_directive(char directive, std::string_view& text, Match& match) {
  CivilTime& time = match.time;
  std::int32_t offset = 0;
  switch (directive) {
    case 'H':
      return take_in_range(text, 2, 0, 23, time.hour);
    case 'I':
      return take_in_range(text, 2, 1, 12, time.hour);
    case 'M':
      return take_in_range(text, 2, 0, 59, time.minute);
    case 'S':
      return take_in_range(text, 2, 0, 60, time.second);
    case 'f':
    case 'L':
      return take_fraction(text, time.nanosecond);
    case 'p':
      match.afternoon = !text.empty() && lower(text.front()) == 'p';
      return take_word(text, "am") || take_word(text, "pm");
    case 'z':
      if (!take_offset(text, offset)) {
        return false;
      }
      time.offset = offset;
      return true;
    case 'Z':
      return take_zone_name(text, time);
    default:
      return read_epoch_directive(directive, text, time);
  }
}

constexpr std::string_view kDateDirectives = "YymbBdejaA";
constexpr std::string_view kClockDirectives = "HIMSfLpzZsQ";

std::string_view expansion(char directive) {
  switch (directive) {
    case 'F':
      return "%Y-%m-%d";
    case 'T':
      return "%H:%M:%S";
    case 'R':
      return "%H:%M";
    case 'D':
      return "%m/%d/%y";
    default:
      return {};
  }
}

std::string expand(std::string_view pattern) {
  std::string expanded;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::string_view longer = pattern[i] == '%' && i + 1 < pattern.size() ? expansion(pattern[i + 1]) : "";
    if (!longer.empty()) {
      expanded += longer;
      ++i;
    } else {
      expanded += pattern[i];
      if (pattern[i] == '%' && i + 1 < pattern.size()) {
        expanded += pattern[++i];
      }
    }
  }
  return expanded;
}

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool set_day_of_year(CivilTime& time, unsigned day_of_year) {
  const std::array<unsigned, 12> lengths = {31, is_leap(time.year) ? 29U : 28U, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  time.month = 1;
  for (const unsigned length : lengths) {
    if (day_of_year <= length) {
      time.day = day_of_year;
      return true;
    }
    day_of_year -= length;
    ++time.month;
  }
  return false;
}

}  // namespace

Expected<TimePattern> TimePattern::compile(std::string_view pattern) {
  const auto error = [&](const std::string& problem) {
    return Error{ErrorCode::kConfiguration, "time format \"" + std::string(pattern) + "\": " + problem};
  };
  TimePattern compiled;
  const std::string expanded = expand(pattern);
  std::string literals;  // a '%' for each directive
  bool has_date = false;
  for (std::size_t i = 0; i < expanded.size(); ++i) {
    if (expanded[i] != '%') {
      compiled.steps_.push_back({0, expanded[i]});
      literals += expanded[i];
      continue;
    }
    if (++i == expanded.size()) {
      return error("ends in a lone '%'; write \"%%\" for a literal '%'");
    }
    const char directive = expanded[i];
    literals += '%';
    if (directive == '%') {
      compiled.steps_.push_back({0, '%'});
    } else if (directive == 'n' || directive == 't') {
      compiled.steps_.push_back({0, ' '});
    } else if (kDateDirectives.find(directive) != std::string_view::npos ||
               kClockDirectives.find(directive) != std::string_view::npos) {
      compiled.steps_.push_back({directive, 0});
      has_date = has_date || std::string_view("YysQ").find(directive) != std::string_view::npos;
    } else {
      return error("unknown directive %" + std::string(1, directive) +
                   "; expected one of %Y %y %m %d %e %j %b %B %a %A %H %I %M %S %p %f %L %z %Z %s %Q %F %T %R %D %%");
    }
  }
  if (const std::string_view zone = find_zone_abbreviation(literals); !zone.empty()) {
    return error("has the time zone " + std::string(zone) + ", which is not read; expected %Z in its place and " +
                 "time_zone = " + zones_abbreviated(zone));
  }
  if (!has_date) {
    return error("has no year; expected %Y, %y, %F, %D, %s or %Q");
  }
  return compiled;
}

std::optional<CivilTime> TimePattern::match(std::string_view text) const {
  Match match;
  for (const Step& step : steps_) {
    if (step.directive != 0) {
      const bool is_date = kDateDirectives.find(step.directive) != std::string_view::npos;
      if (!(is_date ? read_date_directive : read_clock_directive)(step.directive, text, match)) {
        return std::nullopt;
      }
    } else if (is_c_space(step.literal)) {
      skip_space(text);
    } else {
      if (text.empty() || text.front() != step.literal) {
        return std::nullopt;
      }
      text.remove_prefix(1);
    }
  }
  if (!text.empty()) {
    return std::nullopt;
  }
  if (match.day_of_year && !set_day_of_year(match.time, *match.day_of_year)) {
    return std::nullopt;
  }
  if (match.afternoon) {
    match.time.hour = match.time.hour % 12 + (*match.afternoon ? 12 : 0);
  }
  return match.time;
}

}  // namespace leeway
