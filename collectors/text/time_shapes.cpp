#include "collectors/text/time_shapes.h"

#include <algorithm>
#include <array>
#include <span>

#include "agent/core/ascii.h"
#include "collectors/text/escapes.h"

namespace leeway {
namespace {

constexpr std::array<std::string_view, 12> kMonthWords = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::array<std::string_view, 7> kDayWords = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

// Whether `text` begins with the shape, in which 'd' is a digit.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() < shape.size()) {
    return false;
  }
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i]) {
      return false;
    }
  }
  return true;
}

void drop_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
}

bool take(std::string_view& text, std::string_view shape) {
  if (!has_shape(text, shape)) {
    return false;
  }
  text.remove_prefix(shape.size());
  return true;
}

bool take_one_of(std::span<const std::string_view> words, std::string_view& text) {
  const auto word =
      std::find_if(words.begin(), words.end(), [&](std::string_view one) { return text.starts_with(one); });
  text.remove_prefix(word == words.end() ? 0 : word->size());
  return word != words.end();
}

// A clock, perhaps without seconds.
bool take_any_clock(std::string_view& text) {
  std::string_view clock;
  return take_clock(text, clock) || (take(text, "dd:dd") && (text.empty() || !is_digit(text.front())));
}

// After the blanks behind a date: its hour may have one digit, and it may say which half of the day.
bool take_clock_after_blanks(std::string_view& text) {
  if (text.empty() || !is_blank(text.front())) {
    return false;
  }
  std::string_view rest = text;
  drop_blanks(rest);
  if (!take(rest, "d:dd:dd") && !take_any_clock(rest)) {
    return false;
  }
  text = rest;
  for (const std::string_view half : {" AM", " PM", " am", " pm"}) {
    if (has_shape(text, half) && (text.size() == half.size() || !is_letter(text[half.size()]))) {
      text.remove_prefix(half.size());
    }
  }
  return true;
}

// A zone, after a blank or none.
void take_time_zone(std::string_view& text) {
  std::string_view rest = text;
  drop_blanks(rest);
  const bool taken = take(rest, "UTC") || take(rest, "GMT") || take(rest, "Z") || take(rest, "+dd:dd") ||
                     take(rest, "-dd:dd") || take(rest, "+dddd") || take(rest, "-dddd");
  if (taken && (rest.empty() || !(is_digit(rest.front()) || is_letter(rest.front())))) {
    text = rest;
  }
}

// "2026-11-28" and a clock, if one follows.
bool take_iso_date(std::string_view& text) {
  if (!take(text, "dddd-dd-dd") && !take(text, "dddd/dd/dd") && !take(text, "dddd.dd.dd")) {
    return false;
  }
  std::string_view rest = text;
  if ((take(rest, "T") || take(rest, "t")) ? take_any_clock(rest) : take_clock_after_blanks(rest)) {
    text = rest;
  }
  return true;
}

// "28.11.2026 04:25:02", "28/11/2026 04:25:02", or with the month first.
bool take_numbers_first(std::string_view& text) {
  return (take(text, "dd.dd.dddd") || take(text, "dd/dd/dddd")) && take_clock_after_blanks(text);
}

// "28 Nov 2026 04:25:02", with any of ' ', '/', '-' in the date.
bool take_day_first(std::string_view& text) {
  if (!take(text, "dd") && !take(text, "d")) {
    return false;
  }
  const std::string_view between = text.substr(0, 1);
  const bool date = (between == " " || between == "/" || between == "-") && take(text, between) &&
                    take_one_of(kMonthWords, text) && take(text, between) && take(text, "dddd");
  return date && (take(text, " ") || take(text, ":")) && take_any_clock(text);
}

// "Nov 28 04:25:02 2026", "Nov 28 2026 04:25:02".
bool take_month_first(std::string_view& text) {
  YearlessTime time;
  std::string_view year;
  if (!take_month_time(text, time, year)) {
    return false;
  }
  std::string_view rest = text;
  if (year.empty() && take(rest, " dddd") && (rest.empty() || is_blank(rest.front()))) {
    text = rest;
  }
  return true;
}

}  // namespace

std::size_t date_time_size(std::string_view text) {
  const std::size_t size = text.size();
  std::string_view after_day = text;
  if (take_one_of(kDayWords, after_day) && (take(after_day, ", ") || take(after_day, " "))) {
    text = after_day;
  }
  for (const auto& take_one : {take_iso_date, take_numbers_first, take_day_first, take_month_first}) {
    std::string_view rest = text;
    if (take_one(rest)) {
      take_time_zone(rest);
      return size - rest.size();
    }
  }
  return 0;
}

std::string_view take_word_text(std::string_view& text) {
  const std::string_view word = text.substr(0, find_blank(text));
  text.remove_prefix(word.size());
  drop_blanks(text);
  return word;
}

bool take_clock(std::string_view& text, std::string_view& clock) {
  if (!has_shape(text, "dd:dd:dd")) {
    return false;
  }
  std::size_t size = 8;
  if (size + 1 < text.size() && (text[size] == '.' || text[size] == ',') && is_digit(text[size + 1])) {
    ++size;
    while (size < text.size() && is_digit(text[size])) {
      ++size;
    }
  }
  clock = text.substr(0, size);
  text.remove_prefix(size);
  return true;
}

bool take_month_time(std::string_view& text, YearlessTime& time, std::string_view& year) {
  std::string_view rest = text;
  const std::string_view month = take_word_text(rest);
  const auto* const word = std::find(kMonthWords.begin(), kMonthWords.end(), month);
  const std::string_view day = take_word_text(rest);
  if (word == kMonthWords.end() || (!has_shape(day, "d") && !has_shape(day, "dd")) || day.size() > 2 ||
      (day.size() == 2 && !is_digit(day[1]))) {
    return false;
  }
  year = {};
  if (has_shape(rest, "dddd ")) {
    year = take_word_text(rest);
  }
  if (!take_clock(rest, time.clock)) {
    return false;
  }
  time.month = static_cast<unsigned>(word - kMonthWords.begin()) + 1;
  time.day = 0;
  for (const char c : day) {
    time.day = time.day * 10 + static_cast<unsigned>(c - '0');
  }
  text = rest;
  return true;
}

bool take_iso_shape(std::string_view& text, std::string_view& time) {
  if (!has_shape(text, "dddd-dd-ddTdd:dd") && !has_shape(text, "dddd-dd-dd dd:dd")) {
    return false;
  }
  constexpr std::size_t kDate = sizeof("YYYY-MM-DD");
  time = text.substr(0, std::min(find_blank(text, kDate), text.size()));
  text.remove_prefix(time.size());
  return true;
}

}  // namespace leeway
