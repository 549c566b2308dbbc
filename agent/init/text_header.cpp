#include "agent/init/text_header.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include "collectors/decode/timestamp.h"
#include "collectors/text/time_shapes.h"

namespace leeway {
namespace {

constexpr std::size_t kLatestTime = 40;  // bytes before it
constexpr std::size_t kMostParts = 6;
constexpr std::size_t kLongestPart = 60;

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// A date with a clock, or seconds or milliseconds since the epoch.
std::size_t time_size(std::string_view text) {
  static const RE2 kEpoch(R"re((1\d{9}(?:\.\d+)?|1\d{12})(?:[^\d.]|$))re");
  re2::StringPiece input(text.data(), text.size());
  re2::StringPiece epoch;
  if (kEpoch.Match(input, 0, input.size(), RE2::ANCHOR_START, nullptr, 0) &&
      RE2::PartialMatch(input, R"re(^(1\d{9}(?:\.\d+)?|1\d{12}))re", &epoch)) {
    return epoch.size();
  }
  const std::size_t size = date_time_size(text);
  return text.substr(0, size).find(':') == std::string_view::npos ? 0 : size;
}

// One of the marked words after the time.
struct Part {
  char kind = 'w';  // 'w'ord, 'c'olon, '[', '<', '{', '-' or '|'
  bool blank = true;
  bool colon = false;     // "[main]:"
  bool numbered = false;  // "debug 1:"
  std::string text{};

  bool same_kind(const Part& other) const { return kind == other.kind && blank == other.blank && colon == other.colon; }
};

struct TimedLine {
  std::string before;              // its digits, levels and words between blanks are marked
  std::vector<std::string> words;  // of these, those words
  std::string after;               // the time, up to a blank or a word
  std::string time;
  std::vector<Part> parts;
};

constexpr char kNumber = '\x01';
constexpr char kLevel = '\x02';
constexpr char kWord = '\x05';

// A name between blanks: of a machine or of a program. Its size with the blank after it; 0 if there is none.
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
    const std::size_t name = at == 0 || text[at - 1] == ' ' ? word_before_time(text.substr(at)) : 0;
    if (name > 0) {
      words.emplace_back(text.substr(at, name));
      result += kWord;
      at += name;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word_character(text[end])) {
      ++end;
    }
    const std::string_view word = text.substr(at, end - at);
    if (is_digits(word)) {
      result += kNumber;
    } else if (is_level_word(word)) {
      result += kLevel;
    } else {
      result += word.empty() ? std::string(1, text[end++]) : std::string(word);
    }
    at = end;
  }
  return result;
}

// "debug 1:" is a level with a number.
bool take_numbered(std::string_view& rest, Part& part) {
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

char closing(char open) { return open == '[' ? ']' : open == '<' ? '>' : open == '{' ? '}' : '\0'; }

bool take_enclosed(std::string_view& rest, Part& part) {
  const char close = closing(rest.front());
  const std::size_t end = close == '\0' ? std::string_view::npos : rest.find(close);
  if (end == std::string_view::npos || end > kLongestPart) {
    return false;
  }
  part.kind = rest.front();
  part.text = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  part.colon = rest.starts_with(':');
  rest.remove_prefix(part.colon ? 1 : 0);
  return true;
}

bool take_part(std::string_view& rest, Part& part) {
  const std::size_t blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
  part.blank = blanks > 0;
  rest.remove_prefix(blanks);
  if (rest.empty() || rest.size() > 4000) {
    return false;
  }
  if (take_numbered(rest, part) || take_enclosed(rest, part)) {
    return true;
  }
  const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  if (word == "-" || word == "|") {
    part.kind = word.front();
  } else if (word.size() > 1 && word.back() == ':') {
    part.kind = 'c';
    part.text = word.substr(0, word.size() - 1);
  } else {
    part.text = word;
  }
  return true;
}

std::optional<TimedLine> read_line(std::string_view line) {
  for (std::size_t at = 0; at < std::min(kLatestTime, line.size()); ++at) {
    const bool begins = at == 0 || std::string_view(" \t[(<|").find(line[at - 1]) != std::string_view::npos;
    const std::size_t size = begins ? time_size(line.substr(at)) : 0;
    if (size == 0) {
      continue;
    }
    TimedLine found;
    found.before = marked(line.substr(0, at), found.words);
    found.time = line.substr(at, size);
    std::string_view rest = line.substr(at + size);
    while (!rest.empty() && !is_word_character(rest.front()) &&
           std::string_view(" \t[<(\"'").find(rest.front()) == std::string_view::npos && found.after.size() < 3) {
      found.after += rest.front();
      rest.remove_prefix(1);
    }
    for (Part part; found.parts.size() < kMostParts && take_part(rest, part); part = Part()) {
      found.parts.push_back(part);
    }
    return found;
  }
  return std::nullopt;
}

// The value that most of the lines have, and only the lines that have it.
template <typename ValueOf>
void keep_most_frequent(std::vector<TimedLine>& lines, const ValueOf& value_of) {
  std::map<std::string, std::size_t> counts;
  for (const TimedLine& line : lines) {
    ++counts[value_of(line)];
  }
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const std::string kept = most == counts.end() ? "" : most->first;
  std::erase_if(lines, [&](const TimedLine& line) { return value_of(line) != kept; });
}

// What the parts at one place are in nearly all lines.
struct Place {
  Part part{};
  bool level = false;
  bool number = false;
  bool varied = false;
};

bool is_most(std::size_t part, std::size_t all) { return part * 100 >= all * 95; }

std::optional<Place> place_of(std::vector<TimedLine>& lines, std::size_t index) {
  const std::size_t all = lines.size();
  std::vector<TimedLine> kept = lines;
  keep_most_frequent(kept, [&](const TimedLine& line) {
    const Part* const part = index < line.parts.size() ? &line.parts[index] : nullptr;
    return part == nullptr ? std::string() : std::string{part->kind, part->blank ? ' ' : 'x', part->colon ? ':' : 'x'};
  });
  if (kept.empty() || index >= kept.front().parts.size() || kept.size() * 10 < all * 9) {
    return std::nullopt;
  }
  lines = std::move(kept);
  Place place{lines.front().parts[index]};
  std::size_t levels = 0;
  std::size_t numbers = 0;
  std::set<std::string> values;
  for (const TimedLine& line : lines) {
    const Part& part = line.parts[index];
    levels += is_level_word(part.text) ? 1 : 0;
    numbers += is_digits(part.text) ? 1 : 0;
    place.part.numbered = place.part.numbered || part.numbered;
    values.insert(part.text);
  }
  place.level = is_most(levels, lines.size());
  place.number = is_most(numbers, lines.size()) && numbers == lines.size();
  place.varied = values.size() > 10 && values.size() * 3 > lines.size();
  return place;
}

// Up to and with the level, and the marked words after it. Without a level, only marked words.
std::vector<Place> header_places(std::vector<TimedLine>& lines, bool level_before) {
  std::vector<Place> places;
  std::vector<TimedLine> alive = lines;
  std::size_t end = 0;
  bool level = level_before;
  bool marks_only = level_before;
  for (std::size_t i = 0; i < kMostParts; ++i) {
    const std::optional<Place> place = place_of(alive, i);
    if (!place) {
      break;
    }
    places.push_back(*place);
    const bool mark = place->part.kind != 'w' && !(place->part.kind == 'c' && place->varied);
    const bool contiguous = end == i;
    if (place->level && !level) {
      level = true;
      end = i + 1;
    } else if (mark && contiguous && !(place->part.kind == '-' && !level)) {
      end = i + 1;
    } else if (level || marks_only) {
      break;
    }
  }
  places.resize(end);
  return places;
}

std::string in_template(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += c == '{' || c == '}' ? std::string(2, c) : std::string(1, c);
  }
  return result;
}

class HeaderText {
 public:
  std::string before(const std::string& marks, const std::vector<bool>& hosts) {
    std::string text;
    std::size_t words = 0;
    for (const char c : marks) {
      text += c == kNumber  ? "{" + named("pid") + ":int}"
              : c == kLevel ? "{" + named("level") + ":word}"
              : c == kWord  ? "{" + named(hosts[words++] ? "host" : "program") + ":word}"
                            : in_template({&c, 1});
    }
    return text;
  }

  std::string part(const Place& place) {
    const Part& part = place.part;
    const std::string blank = part.blank ? " " : "";
    if (part.kind == '-' || part.kind == '|') {
      return blank + part.kind;
    }
    std::string field = place.level    ? named("level") + ":word"
                        : place.number ? named("pid") + ":int"
                                       : named_part(part);
    if (part.kind == 'c') {
      return blank + "{" + field + "}" + (part.numbered ? "{? {_:int}?}" : "") + ":";
    }
    const bool enclosed = closing(part.kind) != '\0';
    const std::string open = enclosed ? in_template(std::string(1, part.kind)) : "";
    const std::string close = enclosed ? in_template(std::string(1, closing(part.kind))) : "";
    return blank + open + "{" + field + "}" + close + (part.colon ? ":" : "");
  }

 private:
  // Each once; what has no name of its own is no field.
  std::string named(const char* name) { return taken_.insert(name).second ? name : "_"; }
  std::string named_part(const Part& part) {
    return part.kind == '{'             ? named("context")
           : closing(part.kind) != '\0' ? named("thread")
                                        : named("logger") + ":word";
  }

  std::set<std::string> taken_;
};

// Which of the words before the time are names of machines: they have numbers, dots or dashes.
std::vector<bool> hosts_of(const std::vector<TimedLine>& lines) {
  static const RE2 kHost(R"re(.*[0-9.-].*|localhost)re");
  std::vector<bool> hosts(lines.front().words.size());
  for (const TimedLine& line : lines) {
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      hosts[i] = hosts[i] || RE2::FullMatch(line.words[i], kHost);
    }
  }
  return hosts;
}

// Where "auto" does not read it.
std::optional<std::string> time_format_of(const std::string& time) {
  static constexpr std::array kFormats = {"auto",
                                          "%d-%b-%Y %H:%M:%S.%f",
                                          "%d-%b-%Y %H:%M:%S,%f",
                                          "%d-%b-%Y %H:%M:%S",
                                          "%Y.%m.%d %H:%M:%S.%f",
                                          "%Y.%m.%d %H:%M:%S",
                                          "%d/%b/%Y %H:%M:%S.%f",
                                          "%b %d %Y %H:%M:%S",
                                          "%b %d %H:%M:%S %Y"};
  for (const char* const format : kFormats) {
    Expected<TimestampParser> parser = TimestampParser::create(format, "UTC");
    if (parser && parser->parse(time) != kNoTime) {
      return format;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<FormatCandidate> header_of(const std::vector<std::string>& lines) {
  std::vector<TimedLine> found;
  for (const std::string& line : lines) {
    if (std::optional<TimedLine> read = read_line(line)) {
      found.push_back(std::move(*read));
    }
  }
  if (found.empty() || found.size() * 2 < lines.size()) {
    return std::nullopt;
  }
  keep_most_frequent(found, [](const TimedLine& line) { return line.before; });
  keep_most_frequent(found, [](const TimedLine& line) { return line.after; });
  const std::optional<std::string> format = time_format_of(found.front().time);
  if (!format) {
    return std::nullopt;
  }
  HeaderText text;
  const bool level_before = found.front().before.find(kLevel) != std::string::npos;
  std::string pattern =
      text.before(found.front().before, hosts_of(found)) + "{time}" + in_template(found.front().after);
  for (const Place& place : header_places(found, level_before)) {
    pattern += text.part(place);
  }
  FormatCandidate candidate{"time and text",
                            {{"format", "\"template\""}, {"pattern", toml_text(pattern + " {message}")}},
                            false,
                            true,
                            "",
                            ""};
  if (*format != "auto") {
    candidate.keys.emplace_back("time_format", toml_text(*format));
  }
  return candidate;
}

}  // namespace leeway
