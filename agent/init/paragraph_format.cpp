#include "agent/init/paragraph_format.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "agent/init/text_words.h"
#include "agent/init/time_formats.h"

namespace leeway {
namespace {

constexpr std::size_t kMostNames = 6;

struct NamedLine {
  std::string name{};
  std::string value{};
  bool timed = false;
};

std::optional<NamedLine> read_named(const std::string& line) {
  static const RE2 kNamed(R"re(([A-Z][A-Za-z]*(?:[ -][A-Za-z]+){0,2}): +(\S.*))re");
  NamedLine found;
  if (!RE2::FullMatch(line, kNamed, &found.name, &found.value)) {
    return std::nullopt;
  }
  found.value.resize(found.value.find_last_not_of(" \t\r") + 1);
  found.timed = time_size(found.value) == found.value.size();
  return found;
}

struct Paragraphs {
  std::string first_name{};
  std::vector<std::string> times{};
  std::vector<std::string> names{};             // of further lines, as they come
  std::map<std::string, std::size_t> counts{};  // of paragraphs with the name
};

Paragraphs read_paragraphs(const std::vector<std::string>& lines) {
  Paragraphs found;
  std::set<std::string> seen;  // in the paragraph
  for (const std::string& line : lines) {
    const std::optional<NamedLine> named = read_named(line);
    if (!named) {
      continue;
    }
    if (found.first_name.empty() && named->timed) {
      found.first_name = named->name;
    }
    if (named->name == found.first_name) {
      found.times.push_back(named->value);
      seen.clear();
    } else if (!found.first_name.empty() && seen.insert(named->name).second) {
      found.counts[named->name] += 1;
      if (std::find(found.names.begin(), found.names.end(), named->name) == found.names.end()) {
        found.names.push_back(named->name);
      }
    }
  }
  return found;
}

std::string group_name(const std::string& name) {
  std::string group;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    group += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : '_';
  }
  return group == "time" ? "time_" : group;
}

std::string pattern_of(const Paragraphs& paragraphs) {
  std::string pattern = "^" + literal_pattern(paragraphs.first_name) + ": +(?P<time>[^\\n]*[^\\s])";
  std::size_t taken = 0;
  for (const std::string& name : paragraphs.names) {
    // In a fifth of them.
    if (paragraphs.counts.at(name) * 5 >= paragraphs.times.size() && taken++ < kMostNames) {
      pattern += "(?:[\\s\\S]*?\\n" + literal_pattern(name) + ": +(?P<" + group_name(name) + ">[^\\n]*))?";
    }
  }
  return pattern;
}

}  // namespace

std::optional<FormatChoice> paragraphs_of(const std::vector<std::string>& lines) {
  const Paragraphs paragraphs = read_paragraphs(lines);
  const auto timed = static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [](const std::string& line) { return time_size(line) > 0; }));
  const std::optional<std::string> format = time_format_of(paragraphs.times);
  if (paragraphs.times.size() < 2 || timed * 20 > lines.size() || !format) {
    return std::nullopt;
  }
  FormatChoice choice;
  choice.formats = {{"records of several lines",
                     {{"format", "\"regex\""},
                      {"pattern", toml_text(pattern_of(paragraphs))},
                      {"time", "\"time\""},
                      {"time_format", toml_text(*format)}},
                     true,
                     true,
                     "",
                     ""}};
  choice.multiline = "{ start = " + toml_text("^" + literal_pattern(paragraphs.first_name) + ": ") + " }";
  return choice;
}

}  // namespace leeway
