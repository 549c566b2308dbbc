#include "agent/init/format_choice.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <span>

#include "agent/init/block_formats.h"
#include "agent/init/csv_choice.h"
#include "agent/init/line_tries.h"
#include "agent/init/multiline_choice.h"
#include "agent/init/request_choice.h"
#include "agent/init/sample_lines.h"
#include "agent/init/text_header.h"

namespace leeway {
namespace {

constexpr std::size_t kTriedLines = 600;

// In a regular expression.
std::string literal(char c) {
  const bool special = std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos;
  return (special ? "\\" : "") + std::string(1, c);
}

// What a candidate says its records begin with counts only if they do, but for lines that add to one.
std::string own_beginning(const FormatCandidate& candidate, const std::vector<std::string>& own) {
  const RE2 begins("^(?:" + candidate.begins + ")");
  const RE2 adds(candidate.adds.empty() ? "$^" : candidate.adds);
  const auto known = std::count_if(own.begin(), own.end(), [&](const std::string& line) {
    return RE2::PartialMatch(line, begins) || RE2::PartialMatch(line, adds);
  });
  const bool counts = !candidate.begins.empty() && static_cast<std::size_t>(known) * 100 >= own.size() * 99;
  return counts ? candidate.begins : common_beginning(own);
}

// The open lines that only add to a record of the candidate.
std::vector<std::size_t> adding(const FormatCandidate& candidate, const LineTries& tries) {
  std::vector<std::size_t> found;
  const RE2 adds(candidate.adds);
  for (std::size_t line = 0; line < tries.lines().size() && !candidate.adds.empty(); ++line) {
    if (tries.is_open(line) && RE2::PartialMatch(tries.lines()[line], adds)) {
      found.push_back(line);
    }
  }
  return found;
}

void add(FormatChoice& choice, LineTries& tries, const FormatCandidate& candidate,
         const std::vector<std::size_t>& read) {
  choice.formats.push_back(candidate);
  std::vector<std::string> own;
  own.reserve(read.size());
  for (const std::size_t line : read) {
    own.push_back(tries.lines()[line]);
  }
  choice.beginnings.push_back(own_beginning(candidate, own));
  choice.shares.push_back(static_cast<double>(read.size()) / static_cast<double>(tries.lines().size()));
  choice.own.push_back(std::move(own));
  tries.take(read);
  tries.take(adding(candidate, tries));
}

// Objects behind a text are what the lines are about if most of them end so; else they are a part of a message.
bool is_embedded(const FormatCandidate& candidate) {
  return candidate.keys.front().second == "\"json\"" && candidate.keys.size() > 1;
}

// A few objects in a log of another format, without a time, a level or a message: what a record before them shows.
bool is_shown_data(const FormatCandidate& candidate, const std::vector<std::size_t>& read, const LineTries& tries) {
  static const RE2 kRecord(R"re(["@_](?:time|timestamp|ts|t|level|lvl|severity|msg|message)"\s*:)re");
  return candidate.keys.front().second == "\"json\"" && read.size() * 20 < tries.lines().size() &&
         std::none_of(read.begin(), read.end(),
                      [&](std::size_t line) { return RE2::PartialMatch(tries.lines()[line], kRecord); });
}

bool has_level(const FormatCandidate& candidate) { return to_toml(candidate.keys).find("{level") != std::string::npos; }

// The one that reads most of the open lines, the first of two that read as much, and these lines.
std::pair<FormatCandidate, std::vector<std::size_t>> best_general(const LineTries& tries, bool with_level) {
  std::pair<FormatCandidate, std::vector<std::size_t>> best;
  std::vector<FormatCandidate> candidates = format_candidates();
  if (std::optional<FormatCandidate> header = header_of(tries.open_lines())) {
    candidates.insert(candidates.begin(), std::move(*header));
  } else if (std::optional<FormatCandidate> untimed = header_without_time(tries.open_lines())) {
    candidates.push_back(std::move(*untimed));
  }
  for (const FormatCandidate& candidate : candidates) {
    if (!candidate.sure && (!with_level || has_level(candidate))) {
      std::vector<std::size_t> read = tries.read_by(candidate);
      if (read.size() > best.second.size()) {
        best = {candidate, std::move(read)};
      }
    }
  }
  return best;
}

// The lines whose object has neither a time nor a word of a level.
std::vector<std::string> only_data(const std::vector<std::size_t>& read, const LineTries& tries) {
  static const RE2 kTime(R"re(["@_](?:time|timestamp|ts|t|datetime|date|asctime)"\s*:)re");
  static const RE2 kLevel(
      R"re((?i)["@_.](?:level|lvl|l|severity|severitytext|levelname|loglevel)"\s*:\s*"([a-z]+)")re");
  std::vector<std::string> lines;
  for (const std::size_t line : read) {
    const std::string object = tries.lines()[line].substr(tries.lines()[line].find("{\""));
    std::string word;
    const bool level = RE2::PartialMatch(object, kLevel, &word) && is_level_word(word);
    if (!level && !RE2::PartialMatch(object, kTime)) {
      lines.push_back(tries.lines()[line]);
    }
  }
  return lines;
}

// Objects behind a text that has the time and the level, of which they say nothing.
bool is_data_of_text(const std::vector<std::size_t>& read, const LineTries& tries) {
  const LineTries data(only_data(read, tries));
  return data.lines().size() * 10 >= read.size() * 9 &&
         best_general(data, true).second.size() * 10 >= data.lines().size() * 9 && !read.empty();
}

void choose_sure(FormatChoice& choice, LineTries& tries) {
  for (const FormatCandidate& candidate : format_candidates()) {
    if (candidate.sure) {
      const std::vector<std::size_t> read = tries.read_by(candidate);
      const bool embedded = is_embedded(candidate);
      const bool enough = !embedded || read.size() * 5 >= tries.open() * 4;
      if (!enough || !is_worth(read.size(), tries.lines().size())) {
        continue;
      }
      if (embedded && is_data_of_text(read, tries)) {
        choice.doubts.push_back(
            "the objects at the ends of its lines are a part of its messages, since the text before them has the time "
            "and the level; `format = \"json\"` with `prefix = true` reads their fields instead");
      } else if (!is_shown_data(candidate, read, tries)) {
        add(choice, tries, candidate, read);
      }
    }
  }
}

// What no format of text reads with its time.
void choose_embedded(FormatChoice& choice, LineTries& tries) {
  for (const FormatCandidate& candidate : format_candidates()) {
    const std::vector<std::size_t> read =
        is_embedded(candidate) ? tries.read_by(candidate) : std::vector<std::size_t>();
    if (is_worth(read.size(), tries.lines().size()) && !is_shown_data(candidate, read, tries)) {
      add(choice, tries, candidate, read);
    }
  }
}

// Two, because what libraries log often has its parts in another order. A time alone says little, so it has to read a
// tenth more than times with levels.
void choose_general(FormatChoice& choice, LineTries& tries) {
  FormatChoice with_levels = choice;
  LineTries others = tries;
  for (int i = 0; i < 2; ++i) {
    const auto [candidate, read] = best_general(others, true);
    if (is_worth(read.size(), tries.lines().size())) {
      add(with_levels, others, candidate, read);
    }
  }
  const auto [candidate, read] = best_general(tries, false);
  if ((tries.open() - others.open()) * 11 >= read.size() * 10) {
    choice = std::move(with_levels);
    tries = std::move(others);
  } else if (is_worth(read.size(), tries.lines().size())) {
    add(choice, tries, candidate, read);
  }
}

// Formats that would also read what is meant for those after them: a line with any pair is one of logfmt.
void put_last(FormatChoice& choice, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto found = std::find_if(choice.formats.begin(), choice.formats.end(),
                                    [&](const FormatCandidate& format) { return format.name == name; });
    const auto index = found - choice.formats.begin();
    if (found != choice.formats.end()) {
      std::rotate(found, found + 1, choice.formats.end());
      std::rotate(choice.shares.begin() + index, choice.shares.begin() + index + 1, choice.shares.end());
      std::rotate(choice.beginnings.begin() + index, choice.beginnings.begin() + index + 1, choice.beginnings.end());
      std::rotate(choice.own.begin() + index, choice.own.begin() + index + 1, choice.own.end());
    }
  }
}

// A run of digits, of letters or of one other character.
struct BeginningPart {
  char kind = 'd';       // 'd'igits, 'a' for letters, or the character
  std::size_t size = 0;  // 0 if it differs
};

std::vector<BeginningPart> beginning_of(const std::string& line, std::size_t most) {
  constexpr std::size_t kLongest = 40;
  const auto kind_of = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isdigit(byte) != 0 ? 'd' : std::isalpha(byte) != 0 ? 'a' : c;
  };
  std::vector<BeginningPart> parts;
  for (std::size_t at = 0; at < std::min(line.size(), kLongest); ++at) {
    const char kind = kind_of(line[at]);
    if (static_cast<unsigned char>(kind) >= 0x80) {
      break;
    }
    if (!parts.empty() && parts.back().kind == kind) {
      ++parts.back().size;
    } else if (parts.size() == most) {
      break;
    } else {
      parts.push_back({kind, 1});
    }
  }
  return parts;
}

// Numbers grow, and words are others tomorrow: how long they are says nothing.
std::string pattern_of(const BeginningPart& part) {
  const std::string one = part.kind == 'd' ? "\\d" : part.kind == 'a' ? "[A-Za-z]" : literal(part.kind);
  const bool mark = part.kind != 'd' && part.kind != 'a';
  return mark && part.size == 1 ? one : one + "+";
}

}  // namespace

std::string common_beginning(const std::vector<std::string>& lines) {
  constexpr std::size_t kLongest = 12;
  constexpr std::size_t kShortest = 2;
  if (lines.empty()) {
    return "";
  }
  std::vector<BeginningPart> common = beginning_of(lines.front(), kLongest);
  for (const std::string& line : lines) {
    const std::vector<BeginningPart> other = beginning_of(line, common.size());
    const auto differ = std::mismatch(common.begin(), common.end(), other.begin(), other.end(),
                                      [](const BeginningPart& a, const BeginningPart& b) { return a.kind == b.kind; });
    common.erase(differ.first, common.end());
    for (std::size_t i = 0; i < common.size(); ++i) {
      common[i].size = common[i].size == other[i].size ? common[i].size : 0;
    }
  }
  std::string pattern;
  std::size_t marks = 0;  // that are no letters
  for (const BeginningPart& part : common) {
    marks += part.kind == 'a' ? 0 : 1;
    pattern += pattern_of(part);
  }
  return marks >= kShortest ? pattern : "";
}

SourceKeys keys_of(const FormatChoice& choice) {
  SourceKeys keys;
  if (choice.formats.size() == 1) {
    keys = choice.formats.front().keys;
  } else if (!choice.formats.empty()) {
    std::string list;
    for (const FormatCandidate& format : choice.formats) {
      list += (list.empty() ? "" : ",") + ("\n  " + to_list_element(format.keys));
    }
    keys = {{"format", "[" + list + ",\n]"}};
  } else {
    keys = {{"format", "\"regex\""}, {"pattern", "'(?P<message>.+)'"}};
  }
  if (!choice.container.empty()) {
    keys.emplace_back("container", toml_text(choice.container));
  }
  if (!choice.multiline.empty()) {
    keys.emplace_back("multiline", choice.multiline);
  }
  return keys;
}

FormatChoice choose_formats(const LogSample& sample) {
  FormatChoice choice;
  const std::vector<std::string_view> all = lines_of(sample.text);
  std::vector<std::string> lines = spread(all, kTriedLines);
  choice.container = unwrap_all(lines);
  for (std::string& line : lines) {
    line = plain_line(line);
  }
  std::erase_if(lines, [](const std::string& line) { return line.find_first_not_of(" \t") == std::string::npos; });
  // Blocks are seen in lines that follow each other.
  std::vector<std::string> first;
  for (const std::string_view line : std::span(all).first(std::min(all.size(), 2 * kTriedLines))) {
    first.push_back(plain_line(std::string(line)));
  }
  unwrap_all(first);
  if (std::optional<FormatChoice> csv = choice.container.empty() ? choose_csv(sample, first) : std::nullopt) {
    return std::move(*csv);
  }
  if (std::optional<FormatChoice> blocks = choose_blocks(sample, first, choice.container)) {
    return std::move(*blocks);
  }
  LineTries tries(lines);
  choose_sure(choice, tries);
  choose_general(choice, tries);
  choose_embedded(choice, tries);
  choose_access_tails(choice, lines);
  choose_requests(choice);
  note_other_requests(choice, lines);
  choose_pairs(choice);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!tries.is_open(i) || choice.formats.empty()) {
      choice.lines.push_back(lines[i]);
    }
  }
  put_last(choice, {"logfmt", "syslog"});
  choose_multiline(choice, sample, tries.open_lines());
  return choice;
}

}  // namespace leeway
