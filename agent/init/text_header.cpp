#include "agent/init/text_header.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "agent/init/field_roles.h"
#include "agent/init/header_line.h"
#include "agent/init/time_formats.h"

namespace leeway {
namespace {

// The value that most of the lines have, and only the lines that have it.
template <typename ValueOf>
void keep_most_frequent(std::vector<HeaderLine>& lines, const ValueOf& value_of) {
  std::map<std::string, std::size_t> counts;
  for (const HeaderLine& line : lines) {
    ++counts[value_of(line)];
  }
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const std::string kept = most == counts.end() ? "" : most->first;
  std::erase_if(lines, [&](const HeaderLine& line) { return value_of(line) != kept; });
}

bool is_most(std::size_t part, std::size_t all) { return part * 100 >= all * 95; }

// What the parts at one place are in nearly all lines.
enum class Meaning {
  kText,
  kLevel,
  kNumber,
  kLogger,
  kThread,
  kContext,
  kFileAndLine,
  kTextAndLevel,
  kLevelAndText,
  kClock,
  kMark
};

struct Place {
  HeaderPart part{};
  Meaning meaning = Meaning::kText;
  bool varied = false;
  char between = '\0';  // text and level
  std::string key{};    // of all parts
};

struct Values {
  std::map<std::string, std::size_t> counts{};
  std::size_t all = 0;

  template <typename Is>
  bool most(const Is& is) const {
    std::size_t found = 0;
    for (const auto& [text, count] : counts) {
      found += is(text) ? count : 0;
    }
    return is_most(found, all);
  }
  bool match(const RE2& pattern) const {
    return most([&](const std::string& text) { return RE2::FullMatch(text, pattern); });
  }
};

// "production.INFO", "Server thread/INFO", "INFO/MainProcess": the mark between, if it is the same in most of them.
char mark_beside_level(const Values& values, bool level_first) {
  for (const char mark : {'.', '/', '|'}) {
    const auto is = [&](const std::string& text) {
      const std::size_t at = text.find(mark);
      if (at == std::string::npos || at == 0 || text.find(mark, at + 1) != std::string::npos) {
        return false;
      }
      // Letters alone are ends of files: "main.c".
      const std::string word = level_first ? text.substr(0, at) : text.substr(at + 1);
      return word.size() > 2 && is_level_word(word);
    };
    if (values.most(is)) {
      return mark;
    }
  }
  return '\0';
}

void set_meaning(Place& place, const Values& values) {
  static const RE2 kDigits(R"re(\d+)re");
  static const RE2 kFile(R"re([\w./-]+\.[A-Za-z]\w*:\d+)re");
  static const RE2 kClock(R"re([\d:.,/+-]*\d[\d:.,/+-]*(?:ms|s)?)re");
  static const RE2 kBracketedClock(R"re(\d+:\d\d[\d:.,]*|[\d.]+m?s)re");
  static const RE2 kName(R"re([A-Za-z_$][\w$-]*(?:(?:\.|::)[\w$-]+)+(?:\[[^\]]*\])?)re");
  static const RE2 kWords(R"re([A-Za-z][A-Za-z,_ -]*)re");
  const auto is_level = [](const std::string& text) { return is_level_word(text); };
  const auto is_zone = [](const std::string& text) { return !zone_of_abbreviation(text).empty(); };
  if (place.part.kind == 'm') {
    place.meaning = Meaning::kMark;
  } else if (values.most(is_level)) {
    place.meaning = Meaning::kLevel;
  } else if (place.between = mark_beside_level(values, false); place.between != '\0') {
    place.meaning = Meaning::kTextAndLevel;
  } else if (place.between = mark_beside_level(values, true); place.between != '\0') {
    place.meaning = Meaning::kLevelAndText;
  } else if (std::all_of(values.counts.begin(), values.counts.end(),
                         [](const auto& value) { return RE2::FullMatch(value.first, kDigits); })) {
    place.meaning = place.part.padded ? Meaning::kThread : Meaning::kNumber;
  } else if ((place.part.kind == 'w' && values.most(is_zone)) ||
             values.match(closing_bracket(place.part.kind) == '\0' ? kClock : kBracketedClock)) {
    place.meaning = Meaning::kClock;
  } else if (values.match(kFile)) {
    place.meaning = Meaning::kFileAndLine;
  } else if (values.match(kName)) {
    place.meaning = Meaning::kLogger;
  } else if (closing_bracket(place.part.kind) != '\0') {
    place.meaning = place.part.kind == '{' || (values.match(kWords) && !values.counts.contains("main"))
                        ? Meaning::kContext
                        : Meaning::kThread;
  }
}

std::optional<Place> place_of(std::vector<HeaderLine>& lines, std::size_t index) {
  const std::size_t all = lines.size();
  std::vector<HeaderLine> kept = lines;
  keep_most_frequent(kept, [&](const HeaderLine& line) {
    return index < line.parts.size() ? line.parts[index].shape() : std::string();
  });
  if (kept.empty() || index >= kept.front().parts.size() || kept.size() * 10 < all * 9) {
    return std::nullopt;
  }
  lines = std::move(kept);
  Place place{lines.front().parts[index]};
  const bool same_key = std::all_of(lines.begin(), lines.end(),
                                    [&](const HeaderLine& line) { return line.parts[index].key == place.part.key; });
  place.key = same_key ? place.part.key : "";
  Values values;
  values.all = lines.size();
  for (const HeaderLine& line : lines) {
    const HeaderPart& part = line.parts[index];
    place.part.numbered = place.part.numbered || part.numbered;
    place.part.padded = place.part.padded || part.padded;
    ++values.counts[same_key || part.key.empty() ? part.text : part.key + "=" + part.text];
  }
  place.varied = values.counts.size() > 10 && values.counts.size() * 3 > lines.size();
  set_meaning(place, values);
  return place;
}

bool is_level_part(const Place& place) {
  return place.meaning == Meaning::kLevel || place.meaning == Meaning::kTextAndLevel ||
         place.meaning == Meaning::kLevelAndText;
}

bool is_marked(const Place& place) {
  return place.part.kind != 'w' && !(place.part.kind == 'c' && place.varied && place.meaning != Meaning::kFileAndLine);
}

// How many words from `index` on are in front of a mark or of a bracket, as loggers are.
std::size_t marked_words(const std::vector<Place>& places, std::size_t index) {
  constexpr std::size_t kMost = 2;
  std::size_t words = 0;
  while (words < kMost && index + words < places.size() && places[index + words].part.kind == 'w' &&
         places[index + words].meaning != Meaning::kClock &&
         (!places[index + words].varied || places[index + words].meaning != Meaning::kText)) {
    ++words;
  }
  const std::size_t mark = index + words;
  const bool marked = mark < places.size() && places[mark].part.kind != 'w' && places[mark].part.kind != 'c';
  return marked && places[mark].part.text != "*" ? words : 0;
}

// How many of the places are of the header: up to and with the level, and the marked words after it. Without a level,
// only marked words.
std::size_t header_size(const std::vector<Place>& places, bool level_before) {
  const auto first_level = std::find_if(places.begin(), places.end(), is_level_part);
  const bool has_level = first_level != places.end();
  std::size_t end = level_before || !has_level ? 0 : static_cast<std::size_t>(first_level - places.begin()) + 1;
  while (end < places.size()) {
    const Place& place = places[end];
    const bool alone = place.meaning == Meaning::kMark && !has_level && !level_before;
    if (is_marked(place) && !alone) {
      ++end;
    } else if (const std::size_t words = marked_words(places, end); (has_level || level_before) && words > 0) {
      end += words + 1;
    } else {
      break;
    }
  }
  return end;
}

// Columns that are names; the last one that is delimited may be any.
std::size_t column_count(const std::vector<Place>& places) {
  static const RE2 kColumn(R"re([\w.$:/()<> -]+)re");
  std::size_t count = 0;
  while (count < places.size() && (!places[count].varied || places[count].meaning != Meaning::kText) &&
         RE2::FullMatch(places[count].part.text, kColumn)) {
    ++count;
  }
  return count;
}

std::vector<Place> header_places(std::vector<HeaderLine>& lines, bool level_before) {
  std::vector<Place> places;
  std::vector<HeaderLine> alive = lines;
  for (std::size_t i = 0;; ++i) {
    const std::optional<Place> place = place_of(alive, i);
    if (!place) {
      break;
    }
    places.push_back(*place);
  }
  places.resize(lines.front().columns ? column_count(places) : header_size(places, level_before));
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
      text += c == kNumberMark  ? "{" + named("pid") + ":int}"
              : c == kLevelMark ? "{" + named("level") + ":word}"
              : c == kTextMark  ? "{" + named("thread") + "}"
              : c == kWordMark  ? "{" + named(hosts[words++] ? "host" : "program") + ":word}"
                                : in_template({&c, 1});
    }
    return text;
  }

  std::string part(const Place& place) {
    const HeaderPart& part = place.part;
    const std::string blank = part.blank ? " " : "";
    if (part.kind == 'm') {
      return blank + part.text;
    }
    const std::string field = (place.key.empty() ? "" : place.key + "=") + fields(place);
    if (part.kind == 'c') {
      return blank + field + (part.numbered ? "{? {_:int}?}" : "") + ":";
    }
    const char close = closing_bracket(part.kind);
    const std::string open_text = close == '\0' ? "" : in_template(std::string(1, part.kind));
    const std::string close_text = close == '\0' ? "" : in_template(std::string(1, close));
    return blank + open_text + field + close_text + (part.colon ? ":" : "");
  }

 private:
  // Each once; what has no name of its own is no field.
  std::string named(const std::string& name) { return taken_.insert(name).second ? name : "_"; }

  std::string fields(const Place& place) {
    const bool bare = place.part.kind == 'w' || place.part.kind == 'c';
    const char* const type = bare ? ":word}" : "}";
    switch (place.meaning) {
      case Meaning::kLevel:
        return "{" + named("level") + ":word}";
      case Meaning::kTextAndLevel:
        return "{" + named(closing_bracket(place.part.kind) == '\0' ? "logger" : "thread") + type + place.between +
               "{" + named("level") + ":word}";
      case Meaning::kLevelAndText:
        return "{" + named("level") + ":word}" + place.between + "{" + named("thread") + type;
      case Meaning::kNumber:
        return "{" + named("pid") + ":int}";
      case Meaning::kFileAndLine:
        return "{" + named("file") + ":word}:{" + named("line") + ":int}";
      case Meaning::kContext:
        return "{" + named("context") + type;
      case Meaning::kClock:
        return std::string("{_") + type;
      case Meaning::kThread:
        return "{" + named("thread") + type;
      default:
        return "{" + named(place.key.empty() ? "logger" : field_name(place.key)) + type;
    }
  }

  static std::string field_name(const std::string& key) {
    std::string name;
    for (const char c : key) {
      name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    return name;
  }

  std::set<std::string> taken_ = {"time", "message"};
};

// Which of the words before the time are names of machines: they have numbers, dots or dashes.
std::vector<bool> hosts_of(const std::vector<HeaderLine>& lines) {
  static const RE2 kHost(R"re(.*[0-9.-].*|localhost)re");
  std::vector<bool> hosts(lines.front().words.size());
  for (const HeaderLine& line : lines) {
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      hosts[i] = hosts[i] || RE2::FullMatch(line.words[i], kHost);
    }
  }
  return hosts;
}

std::vector<std::string> times_of(const std::vector<HeaderLine>& lines) {
  std::vector<std::string> times;
  times.reserve(lines.size());
  for (const HeaderLine& line : lines) {
    times.push_back(line.time);
  }
  return times;
}

FormatCandidate candidate_of(const std::string& pattern, const std::string& time_format) {
  FormatCandidate candidate{
      "time and text", {{"format", "\"template\""}, {"pattern", toml_text(pattern)}}, false, true, "", ""};
  if (time_format != "auto") {
    candidate.keys.emplace_back("time_format", toml_text(time_format));
  }
  return candidate;
}

std::string pattern_of(std::vector<HeaderLine>& lines, const std::vector<Place>& places) {
  HeaderText text;
  const HeaderLine& first = lines.front();
  std::string pattern = text.before(first.before, hosts_of(lines)) + (first.time.empty() ? "" : "{time}");
  const std::string after = in_template(first.after);
  if (first.columns) {
    for (const Place& place : places) {
      pattern += after + text.part(place);
    }
    return pattern + after + "{message}";
  }
  pattern += after;
  for (const Place& place : places) {
    pattern += text.part(place);
  }
  return pattern + " {message}";
}

}  // namespace

std::optional<FormatCandidate> header_of(const std::vector<std::string>& lines) {
  std::vector<HeaderLine> found;
  for (const std::string& line : lines) {
    if (std::optional<HeaderLine> read = read_timed_line(line)) {
      found.push_back(std::move(*read));
    }
  }
  // The others may go on with a record.
  if (found.empty() || found.size() * 5 < lines.size()) {
    return std::nullopt;
  }
  keep_most_frequent(found, [](const HeaderLine& line) { return line.before; });
  keep_most_frequent(found, [](const HeaderLine& line) { return line.after; });
  const std::optional<std::string> format = time_format_of(times_of(found));
  if (!format) {
    return std::nullopt;
  }
  const bool level_before = found.front().before.find(kLevelMark) != std::string::npos;
  const std::vector<Place> places = header_places(found, level_before);
  return candidate_of(pattern_of(found, places), *format);
}

std::optional<FormatCandidate> header_without_time(const std::vector<std::string>& lines) {
  std::vector<HeaderLine> found;
  for (const std::string& line : lines) {
    if (std::optional<HeaderLine> read = read_untimed_line(line)) {
      found.push_back(std::move(*read));
    }
  }
  // Fewer tell nothing of others.
  const std::vector<Place> places = found.size() < 3 ? std::vector<Place>() : header_places(found, false);
  if (std::none_of(places.begin(), places.end(), is_level_part)) {
    return std::nullopt;
  }
  FormatCandidate candidate = candidate_of(pattern_of(found, places), "auto");
  candidate.name = "level and text";
  candidate.timed = false;
  return candidate;
}

}  // namespace leeway
