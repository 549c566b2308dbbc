#include "agent/init/text_words.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>

namespace leeway {
namespace {

constexpr std::string_view kAnyWord = "\\S+";
constexpr std::string_view kAnyQuoted = R"re((?:"[^"]*"|'[^']*'|\S+))re";
constexpr std::string_view kRest = ".+";
constexpr std::size_t kLongestWord = 64;

bool is_blank_character(char c) { return c == ' ' || c == '\t'; }

// Of the word that begins at `at`. A quote opens where the word begins, or behind '=', '(', '[', ':' or ','; it hides
// blanks if it ends in the line.
std::size_t end_of_word(std::string_view line, std::size_t at) {
  const std::size_t begin = at;
  while (at < line.size() && !is_blank_character(line[at])) {
    const char c = line[at];
    const bool opens = (c == '"' || c == '\'') &&
                       (at == begin || std::string_view("=([:,{").find(line[at - 1]) != std::string_view::npos);
    const std::size_t close = opens ? line.find(c, at + 1) : std::string_view::npos;
    at = close == std::string_view::npos ? at + 1 : close + 1;
  }
  return at;
}

bool is_hexadecimal(std::string_view text) {
  return text.size() >= 8 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

// Of a word without what is around it.
bool differs(std::string_view core) {
  const bool digit = std::any_of(core.begin(), core.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  const bool path = core.size() > 1 && (core.front() == '/' || core.front() == '~');
  return digit || path || core.size() > kLongestWord || core.find('@') != std::string_view::npos ||
         core.find("://") != std::string_view::npos || core.find_first_of(" \t") != std::string_view::npos ||
         is_hexadecimal(core) || std::count(core.begin(), core.end(), '/') > 1;
}

// "took", "3ms," and "(7)": what differs is a star between the marks around it.
TextWord bare_word(std::string_view word) {
  const std::size_t first = word.find_first_not_of("([{<\"'");
  const std::size_t last = word.find_last_not_of(")]}>\"',;:.!?");
  if (first == std::string_view::npos || last == std::string_view::npos || last < first) {
    return {std::string(word), literal_pattern(word)};
  }
  const std::string_view before = word.substr(0, first);
  const std::string_view core = word.substr(first, last - first + 1);
  const std::string_view after = word.substr(last + 1);
  const bool quoted = !before.empty() && (before.back() == '"' || before.back() == '\'') && !after.empty() &&
                      after.front() == before.back();
  if (!quoted && !differs(core)) {
    return {std::string(word), literal_pattern(word)};
  }
  const std::string inside = quoted ? std::string("[^") + before.back() + "]*" : std::string(kAnyWord);
  return {std::string(before) + "*" + std::string(after), literal_pattern(before) + inside + literal_pattern(after)};
}

// "key=value": the key stays.
bool is_pair(std::string_view word, std::size_t equals) {
  return equals != std::string_view::npos && equals > 0 &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals),
                     [](unsigned char c) { return std::isalpha(c) != 0 || c == '_' || c == '.' || c == '-'; });
}

TextWord word_of(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (!is_pair(word, equals)) {
    return bare_word(word);
  }
  const std::string key(word.substr(0, equals + 1));
  const bool quoted = word.size() > equals + 1 && (word[equals + 1] == '"' || word[equals + 1] == '\'');
  return {key + "*", literal_pattern(key) + (quoted ? std::string(kAnyQuoted) : std::string("\\S*"))};
}

// "AM", "Nov" and "Mon," next to a number are a part of a time.
bool is_part_of_time(const std::string& word) {
  static const RE2 kTimeWord(
      R"re([(\[]?(?:[AP]M|[ap]m|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[,\])]?)re");
  return RE2::FullMatch(word, kTimeWord);
}

void mark_times(std::vector<TextWord>& words) {
  const auto is_number = [&](std::size_t at) {
    return at < words.size() && words[at].text.find('*') != std::string::npos;
  };
  for (std::size_t i = words.size(); i-- > 0;) {  // a day is next to a month that is next to a number
    if (is_part_of_time(words[i].text) && (is_number(i + 1) || (i > 0 && is_number(i - 1)))) {
      words[i] = merged(words[i], words[i]);
    }
  }
}

}  // namespace

std::string literal_pattern(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    const bool special = std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos;
    pattern += (special ? "\\" : "") + std::string(1, c);
  }
  return pattern;
}

std::vector<std::string> plain_words(std::string_view line) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < line.size()) {
    if (is_blank_character(line[at])) {
      ++at;
      continue;
    }
    const std::size_t end = words.size() == kMostWords ? line.size() : end_of_word(line, at);
    words.emplace_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::vector<TextWord> words_of(std::string_view line) {
  std::vector<TextWord> words;
  for (const std::string& word : plain_words(line)) {
    words.push_back(words.size() == kMostWords ? TextWord{"*", std::string(kRest)} : word_of(word));
  }
  mark_times(words);
  return words;
}

TextWord merged(const TextWord& one, const TextWord& other) {
  for (const std::string_view wide : {kRest, kAnyQuoted}) {
    if (one.pattern == wide || other.pattern == wide) {
      return {"*", std::string(wide)};
    }
  }
  const bool quoted = one.pattern.find("[^") != std::string::npos || other.pattern.find("[^") != std::string::npos;
  return {"*", std::string(quoted ? kAnyQuoted : kAnyWord)};
}

bool is_trouble(std::string_view text) {
  static const RE2 kTrouble(
      R"re((?i)error|exception|traceback|panic|fatal|fail|\bcrash|refused|denied|timed? ?out|unreachable|unable|cannot|could not|can't|invalid|abort|\bkilled\b|segfault|out of memory|corrupt|rejected|lost connection|not found|unauthorized|forbidden)re");
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), kTrouble);
}

}  // namespace leeway
