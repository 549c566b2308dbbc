#include "agent/init/kind_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace leeway {
namespace {

constexpr std::size_t kMostWordsOfAName = 5;
constexpr std::size_t kLongestWordOfAName = 20;

// Of a sentence in English, what carries no meaning of its own.
constexpr std::array<std::string_view, 48> kStopWords = {
    "the",  "a",    "an",   "at",   "on",    "of",    "to",   "for",  "in",   "by",    "with", "from",
    "is",   "was",  "were", "are",  "be",    "been",  "has",  "had",  "have", "and",   "or",   "after",
    "into", "that", "this", "it",   "its",   "as",    "will", "now",  "via",  "than",  "then", "so",
    "took", "here", "been", "each", "there", "their", "our",  "your", "my",   "which", "who",  "while"};

constexpr std::array<std::string_view, 54> kDates = {
    "mon",       "tue",      "wed",    "thu",      "fri",    "sat",  "sun",    "monday",    "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "jan",  "feb",    "mar",       "apr",
    "may",       "jun",      "jul",    "aug",      "sep",    "sept", "oct",    "nov",       "dec",
    "january",   "february", "march",  "april",    "june",   "july", "august", "september", "october",
    "november",  "december", "utc",    "gmt",      "cet",    "cest", "est",    "edt",       "cst",
    "cdt",       "mst",      "mdt",    "pst",      "pdt",    "bst",  "jst",    "am",        "pm"};

constexpr std::array<std::string_view, 12> kLevels = {"trace", "debug", "info",  "notice", "warn",     "warning",
                                                      "error", "err",   "fatal", "crit",   "critical", "emerg"};

template <std::size_t N>
bool is_one_of(const std::string& word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

}  // namespace

double units_per_second(const std::string& unit) {
  struct Unit {
    const char* name;
    double per_second;
  };
  static constexpr std::array<Unit, 21> kUnits = {{{"s", 1},
                                                   {"sec", 1},
                                                   {"secs", 1},
                                                   {"second", 1},
                                                   {"seconds", 1},
                                                   {"ms", 1e3},
                                                   {"msec", 1e3},
                                                   {"msecs", 1e3},
                                                   {"millis", 1e3},
                                                   {"millisecond", 1e3},
                                                   {"milliseconds", 1e3},
                                                   {"us", 1e6},
                                                   {"µs", 1e6},
                                                   {"usec", 1e6},
                                                   {"usecs", 1e6},
                                                   {"micros", 1e6},
                                                   {"microsecond", 1e6},
                                                   {"microseconds", 1e6},
                                                   {"ns", 1e9},
                                                   {"nanos", 1e9},
                                                   {"nanoseconds", 1e9}}};
  const auto found = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& one) { return unit == one.name; });
  return found == kUnits.end() ? 0 : found->per_second;
}

bool is_time_unit(const std::string& unit) {
  static constexpr std::array<std::string_view, 10> kLong = {"m", "min", "mins", "minute", "minutes",
                                                             "h", "hr",  "hrs",  "hour",   "hours"};
  return units_per_second(unit) > 0 || is_one_of(unit, kLong);
}

double bytes_per_unit(const std::string& unit) {
  struct Unit {
    const char* name;
    double bytes;
  };
  static constexpr std::array<Unit, 12> kUnits = {{{"bytes", 1},
                                                   {"byte", 1},
                                                   {"B", 1},
                                                   {"KB", 1e3},
                                                   {"kB", 1e3},
                                                   {"MB", 1e6},
                                                   {"GB", 1e9},
                                                   {"TB", 1e12},
                                                   {"KiB", 1024},
                                                   {"MiB", 1048576},
                                                   {"GiB", 1073741824},
                                                   {"kb", 1e3}}};
  const auto found = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& one) { return unit == one.name; });
  return found == kUnits.end() ? 0 : found->bytes;
}

std::string telling_word(const TextWord& word) {
  const std::string& text = word.text;
  const bool level_mark = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const auto first = std::find_if(text.begin(), text.end(), is_letter);
  const auto last = std::find_if_not(first, text.end(), is_letter);
  std::string letters(first, last);
  std::transform(letters.begin(), letters.end(), letters.begin(), [](unsigned char c) { return std::tolower(c); });
  // Of what goes on behind the letters, only marks and "[A]" belong to a word.
  const std::string_view rest(&*text.begin() + (last - text.begin()), static_cast<std::size_t>(text.end() - last));
  const bool plain = rest.find_first_not_of(",;:.!?)]}\"'") == std::string_view::npos || rest.starts_with('[') ||
                     rest.starts_with('(');
  const bool begins = std::all_of(text.begin(), first,
                                  [](char c) { return std::string_view("([{\"'").find(c) != std::string_view::npos; });
  if (!plain || !begins || letters.size() < 2 || letters.size() > kLongestWordOfAName ||
      (level_mark && is_one_of(letters, kLevels))) {
    return "";
  }
  const bool said = is_one_of(letters, kStopWords) || is_one_of(letters, kDates) || units_per_second(letters) > 0 ||
                    bytes_per_unit(letters) > 0;
  return said ? "" : letters;
}

bool is_state_word(const std::string& word) {
  static constexpr std::array<std::string_view, 30> kWords = {
      "running", "waiting",     "pending",  "active", "open",      "queued",    "queue", "depth",
      "usage",   "used",        "free",     "idle",   "available", "remaining", "left",  "current",
      "busy",    "currently",   "in-use",   "lag",    "connected", "backlog",   "size",  "avg",
      "average", "outstanding", "inflight", "mean",   "in-flight", "rate"};
  return is_one_of(word, kWords);
}

std::string kind_name(const std::vector<TextWord>& words) {
  std::string name;
  std::size_t taken = 0;
  for (const TextWord& word : words) {
    const std::string telling = telling_word(word);
    if (!telling.empty() && taken < kMostWordsOfAName) {
      name += (taken == 0 ? "" : "_") + telling;
      ++taken;
    }
  }
  return name;
}

}  // namespace leeway
