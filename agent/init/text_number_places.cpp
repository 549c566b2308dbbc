#include "agent/init/text_number_places.h"

#include <re2/re2.h>

#include "agent/init/kind_name.h"
#include "agent/init/text_words.h"

namespace leeway {
namespace {

constexpr std::size_t kMostUnits = 8;
constexpr std::string_view kPunctuation = ",;:.!?()[]";

void note(NumberPlace& place, const std::string& word, const std::string& next) {
  static const RE2 kNumberWord(R"re([(\[]?((?:\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?)([a-zA-Zµ%]*)[,;:.!?)\]]*)re");
  static const RE2 kCompound(R"re([(\[]?((?:\d+(?:\.\d+)?(?:d|h|m|s|ms|us|µs|ns)){2,})[,;:.!?)\]]*)re");
  std::string number;
  std::string fraction;
  std::string unit;
  ++place.values;
  if (RE2::FullMatch(word, kNumberWord, &number, &fraction, &unit)) {
    place.whole += fraction.empty() ? 1 : 0;
    place.thousands += number.find(',') == std::string::npos ? 0 : 1;
  } else if (RE2::FullMatch(word, kCompound, &number)) {
    ++place.compound;
    unit = "m";
  } else {
    return;
  }
  ++place.numbers;
  const auto add = [](std::set<std::string>& words, const std::string& one, std::size_t most) {
    if (words.size() < most) {
      words.insert(one);
    }
  };
  add(place.different, number, kFewValues);
  add(place.units, unit, kMostUnits);
  add(place.next_words, without_marks(next), kMostUnits);
}

// That of the template, with any unit of time or size behind what varies.
std::string loose_pattern(const TextTemplate& found) {
  const std::string blank = found.pattern.starts_with("^\\s*") ? "\\s+" : " ";
  std::string pattern = found.pattern;
  std::size_t at = pattern.find(found.words.front().pattern);
  for (std::size_t i = 1; i < found.words.size(); ++i) {
    at += found.words[i - 1].pattern.size() + blank.size();
    const std::string unit = without_marks(found.words[i].text);
    if (found.words[i - 1].text.find('*') != std::string::npos && (is_time_unit(unit) || bytes_per_unit(unit) > 0)) {
      const std::string any = "\\S+";
      pattern.replace(at, found.words[i].pattern.size(), any);
      at = at + any.size() - found.words[i].pattern.size();
    }
  }
  return pattern;
}

}  // namespace

std::string without_marks(const std::string& word) {
  const std::size_t first = word.find_first_not_of(kPunctuation);
  return first == std::string::npos ? "" : word.substr(first, word.find_last_not_of(kPunctuation) + 1 - first);
}

std::vector<std::string> lines_of(const TextTemplate& found, const std::vector<MessageText>& messages) {
  std::vector<std::string> lines;
  const RE2 pattern(loose_pattern(found));
  for (const MessageText& message : messages) {
    if (RE2::PartialMatch(message.text, pattern)) {
      lines.push_back(message.text.substr(0, message.text.find('\n')));
    }
  }
  return lines;
}

std::vector<NumberPlace> places_of(const TextTemplate& found, const std::vector<std::string>& lines) {
  std::vector<NumberPlace> places(found.words.size());
  for (const std::string& line : lines) {
    const std::vector<std::string> words = plain_words(line);
    for (std::size_t i = 0; words.size() == places.size() && i < words.size(); ++i) {
      note(places[i], words[i], i + 1 < words.size() ? words[i + 1] : "");
    }
  }
  return places;
}

}  // namespace leeway
