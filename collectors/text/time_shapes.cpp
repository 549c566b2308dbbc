#include "collectors/text/time_shapes.h"

#include <algorithm>
#include <array>

#include "agent/core/ascii.h"
#include "collectors/text/escapes.h"

namespace leeway {
namespace {

constexpr std::array<std::string_view, 12> kMonthWords = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

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

}  // namespace

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
