#include "agent/init/header_line.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>

#include "agent/init/format_candidates.h"
#include "agent/init/time_formats.h"

namespace leeway {
namespace {

constexpr std::size_t kLatestTime = 40;  // bytes before it
constexpr std::size_t kMostParts = 7;
constexpr std::size_t kMostColumns = 4;
constexpr std::size_t kLongestPart = 60;
constexpr std::size_t kLongestHeader = 4000;

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_header_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

// Where a bracket at `at` ends, if what is in it is neither a number nor a level.
std::size_t end_of_bracketed_text(std::string_view text, std::size_t at) {
  const char close = closing_bracket(text[at]);
  const std::size_t end = close == '\0' ? std::string_view::npos : text.find(close, at);
  if (end == std::string_view::npos) {
    return end;
  }
  const std::string_view inside = trimmed(text.substr(at + 1, end - at - 1));
  return inside.empty() || is_digits(inside) || is_level_word(inside) ? std::string_view::npos : end;
}

// A name between blanks: of a machine or of a program. Its size without the blank after it; 0 if there is none.
std::size_t word_before_time(std::string_view text) {
  static const RE2 kName(R"re(^([A-Za-z0-9][\w.-]*)[ \t])re");
  std::string word;
  const bool named = RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), kName, &word) && !is_digits(word) &&
                     !is_level_word(word);
  return named ? word.size() : 0;
}

std::string marked(std::string_view text, std::vector<std::string>& words) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t name = at == 0 || is_header_blank(text[at - 1]) ? word_before_time(text.substr(at)) : 0;
    if (name > 0) {
      words.emplace_back(text.substr(at, name));
      result += kWordMark;
      at += name;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word_character(text[end])) {
      ++end;
    }
    const std::string_view word = text.substr(at, end - at);
    if (const std::size_t close = word.empty() ? end_of_bracketed_text(text, at) : std::string_view::npos;
        close != std::string_view::npos) {
      result += std::string{text[at], kTextMark, text[close]};
      end = close + 1;
    } else if (is_digits(word)) {
      result += kNumberMark;
    } else if (is_level_word(word)) {
      result += kLevelMark;
    } else if (!word.empty()) {
      result += word;
    } else {
      const bool blank = is_header_blank(text[at]);
      result += blank && result.ends_with(' ') ? "" : std::string(1, blank ? ' ' : text[at]);
      ++end;
    }
    at = end;
  }
  return result;
}

// "debug 1:" is a level with a number.
bool take_numbered(std::string_view& rest, HeaderPart& part) {
  static const RE2 kNumbered(R"re(^([A-Za-z]+) \d+:(?: |$))re");
  std::string word;
  if (!RE2::PartialMatch(re2::StringPiece(rest.data(), rest.size()), kNumbered, &word) || !is_level_word(word)) {
    return false;
  }
  part.kind = 'c';
  part.numbered = true;
  part.text = word;
  rest.remove_prefix(rest.find(':') + 1);
  return true;
}

bool take_enclosed(std::string_view& rest, HeaderPart& part) {
  const char close = closing_bracket(rest.front());
  const std::size_t end = close == '\0' ? std::string_view::npos : rest.find(close);
  if (end == std::string_view::npos || end > kLongestPart) {
    return false;
  }
  part.kind = rest.front();
  part.text = trimmed(rest.substr(1, end - 1));
  part.padded = part.text.size() + 1 < end;
  rest.remove_prefix(end + 1);
  part.colon = rest.starts_with(':');
  rest.remove_prefix(part.colon ? 1 : 0);
  return true;
}

bool is_mark(std::string_view word) {
  return word.size() <= 3 && word.find_first_not_of("-|:>~*") == std::string_view::npos;
}

void read_word(std::string_view word, HeaderPart& part) {
  static const RE2 kPair(R"re(^([A-Za-z][\w.-]*)=([^\s"']+)$)re");
  if (is_mark(word)) {
    part.kind = 'm';
    part.text = word;
  } else if (word.size() > 1 && word.back() == ':') {
    part.kind = 'c';
    part.text = word.substr(0, word.size() - 1);
  } else if (!RE2::FullMatch(re2::StringPiece(word.data(), word.size()), kPair, &part.key, &part.text)) {
    part.text = word;
  }
}

bool take_part(std::string_view& rest, HeaderPart& part) {
  const std::size_t blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
  part.blank = blanks > 0;
  rest.remove_prefix(blanks);
  if (rest.empty() || rest.size() > kLongestHeader) {
    return false;
  }
  if (take_numbered(rest, part) || take_enclosed(rest, part)) {
    return true;
  }
  const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
  read_word(rest.substr(0, end), part);
  rest.remove_prefix(end);
  return true;
}

void take_parts(std::string_view rest, HeaderLine& line) {
  for (HeaderPart part; line.parts.size() < kMostParts && take_part(rest, part); part = HeaderPart()) {
    line.parts.push_back(part);
  }
}

// What is between the columns behind a time: "|", " | ", ";", ","; "" if they are not separated so.
std::string separator_of(std::string_view rest) {
  static const RE2 kSeparator(R"re(^( ?[|;] ?|,)[^\s|;,])re");
  std::string separator;
  RE2::PartialMatch(re2::StringPiece(rest.data(), rest.size()), kSeparator, &separator);
  return separator;
}

void take_columns(std::string_view rest, HeaderLine& line) {
  const char delimiter = line.after[line.after.find_first_not_of(' ')];
  rest.remove_prefix(line.after.size());
  line.columns = true;
  while (line.parts.size() < kMostColumns) {
    const std::size_t end = rest.find(delimiter);
    if (end == std::string_view::npos || end > kLongestPart) {
      return;
    }
    HeaderPart part;
    part.kind = 'd';
    part.blank = false;
    part.text = trimmed(rest.substr(0, end));
    line.parts.push_back(part);
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

std::string HeaderPart::shape() const {
  return std::string{kind, blank ? ' ' : 'x', colon ? ':' : 'x'} + (kind == 'm' ? text : "");
}

char closing_bracket(char open) {
  constexpr std::string_view kOpen = "[<{(";
  constexpr std::string_view kClose = "]>})";
  const std::size_t at = open == '\0' ? std::string_view::npos : kOpen.find(open);
  return at == std::string_view::npos ? '\0' : kClose[at];
}

std::optional<HeaderLine> read_timed_line(std::string_view line) {
  for (std::size_t at = 0; at < std::min(kLatestTime, line.size()); ++at) {
    const bool begins = at == 0 || std::string_view(" \t[(<|").find(line[at - 1]) != std::string_view::npos;
    const std::size_t size = begins ? time_size(line.substr(at)) : 0;
    if (size == 0) {
      continue;
    }
    HeaderLine found;
    found.before = marked(line.substr(0, at), found.words);
    found.time = line.substr(at, size);
    std::string_view rest = line.substr(at + size);
    if (found.after = separator_of(rest); !found.after.empty()) {
      take_columns(rest, found);
      return found;
    }
    while (!rest.empty() && !is_word_character(rest.front()) &&
           std::string_view(" \t[<({\"'").find(rest.front()) == std::string_view::npos && found.after.size() < 3) {
      found.after += rest.front();
      rest.remove_prefix(1);
    }
    take_parts(rest, found);
    return found;
  }
  return std::nullopt;
}

std::optional<HeaderLine> read_untimed_line(std::string_view line) {
  HeaderLine found;
  take_parts(line, found);
  return found.parts.empty() ? std::nullopt : std::optional(found);
}

}  // namespace leeway
