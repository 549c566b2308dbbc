#include "agent/init/text_numbers.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "agent/core/number_text.h"
#include "agent/init/kind_name.h"
#include "agent/init/text_templates.h"

namespace leeway {
namespace {

constexpr std::uint64_t kLeastMessages = 10;
constexpr std::size_t kMostTemplates = 15;
constexpr std::size_t kFewValues = 3;
constexpr std::size_t kMostUnits = 8;
constexpr std::string_view kPunctuation = ",;:.!?()[]";

std::string without_marks(const std::string& word) {
  const std::size_t first = word.find_first_not_of(kPunctuation);
  return first == std::string::npos ? "" : word.substr(first, word.find_last_not_of(kPunctuation) + 1 - first);
}

// What stands in the place of one word, in the messages of a template.
struct NumberPlace {
  std::size_t values = 0;
  std::size_t numbers = 0;
  std::size_t whole = 0;
  std::size_t thousands = 0;           // as in 1,210
  std::size_t compound = 0;            // as in 1m2.1s
  std::set<std::string> different{};   // some of the numbers
  std::set<std::string> units{};       // glued to the numbers
  std::set<std::string> next_words{};  // behind them

  bool is_number() const { return numbers > 0 && numbers * 10 >= values * 9; }
};

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

// The messages of a template, also with other units.
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

// The words of messages that a template is made of.
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

// A noun in the plural, as of what is counted: "rows".
bool is_counted(const std::string& word) {
  static constexpr std::array<const char*, 8> kNoNouns = {"was", "has", "is", "this", "status", "as", "its", "always"};
  return word.size() >= 4 && word.ends_with('s') && !word.ends_with("ss") &&
         std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c) != 0; }) &&
         std::find(kNoNouns.begin(), kNoNouns.end(), word) == kNoNouns.end();
}

std::string past_of(const std::string& verb) { return verb == "wrote" ? "written" : verb == "got" ? "received" : verb; }

class Finder {
 public:
  // `lines`: the messages of the template.
  Finder(const std::string& message, const TextTemplate& found, const std::vector<std::string>& lines)
      : message_(message), found_(found), lines_(lines), places_(places_of(found, lines)) {}

  std::vector<TextNumber> take() {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const NumberPlace& place = places_[i];
      if (place.is_number() && place.different.size() >= kFewValues && !found_.words[i].text.ends_with("=*")) {
        look_at(i);
      }
    }
    return std::move(numbers_);
  }

 private:
  std::string word(std::size_t i) const { return i < places_.size() ? without_marks(found_.words[i].text) : ""; }
  bool is_number(std::size_t i) const { return i < places_.size() && places_[i].is_number(); }

  void look_at(std::size_t i) {
    const NumberPlace& place = places_[i];
    const std::string glued = place.units.size() == 1 ? *place.units.begin() : "";
    const bool plain = place.units.size() == 1 && glued.empty();
    const std::string unit = plain ? word(i + 1) : glued;
    const std::string behind = glued.empty() ? word(i + 1) : "";
    if (are_times(place.units) && (place.units.size() > 1 || place.compound > 0)) {
      const std::string one = "([\\d" + comma(place) + ".]+[a-zµ]+)";
      add(TextNumber::Kind::kDuration, duration_name(), i, "double(duration(", "))",
          place.compound == 0 ? one : "((?:[\\d" + comma(place) + ".]+[a-zµ]+)+)", false);
    } else if (plain && are_times(place.next_words) && place.next_words.size() > 1) {
      add(TextNumber::Kind::kDuration, duration_name(), i, "double(duration(", "))",
          "([\\d" + comma(place) + ".]+" + blank() + "(?:" + alternatives(place.next_words) + "))", false);
    } else if (are_sizes(place.units) && place.units.size() > 1) {
      add(TextNumber::Kind::kSum, verb_before(i) + "bytes_total", i, "double(byte_size(", "))",
          "([\\d" + comma(place) + ".]+(?:" + alternatives(place.units) + "))", false);
    } else if (plain && are_sizes(place.next_words) && place.next_words.size() > 1) {
      add(TextNumber::Kind::kSum, verb_before(i) + "bytes_total", i, "double(byte_size(", "))",
          "([\\d" + comma(place) + ".]+" + blank() + "(?:" + alternatives(place.next_words) + "))", false);
    } else if (units_per_second(unit) > 0) {
      const double per_second = units_per_second(unit);
      add(TextNumber::Kind::kDuration, duration_name(), i, "double(",
          per_second == 1 ? ")" : ") / " + plain_number(per_second) + ".0", number_group(place) + glued, glued.empty());
    } else if (bytes_per_unit(unit) > 0) {
      const double bytes = bytes_per_unit(unit);
      add(TextNumber::Kind::kSum, verb_before(i) + "bytes_total", i, "double(",
          bytes == 1 ? ")" : ") * " + plain_number(bytes), number_group(place) + glued, glued.empty());
    } else if (behind == "of" && is_number(i + 2)) {
      part(i);
    } else if (glued.empty() && place.whole == place.numbers && is_counted(behind) &&
               !(i >= 1 && word(i - 1) == "of")) {
      add(TextNumber::Kind::kSum, verb_before(i) + behind + "_total", i, "int(", ")", number_group(place), true);
    }
  }

  // "12 of 200 rows failed"
  void part(std::size_t i) {
    const std::string noun = is_counted(word(i + 3)) ? word(i + 3) : "";
    const std::string said = telling_word(found_.words[std::min(i + 3, found_.words.size() - 1)]);
    const std::string base = !noun.empty() ? verb_before(i) + noun : !said.empty() ? said : kind_name(found_.words);
    if (base.empty() || places_[i].whole != places_[i].numbers) {
      return;
    }
    const std::string behind = i + 3 < found_.words.size() ? blank() + found_.words[i + 3].pattern : "";
    const std::string before = before_of(i);
    push(TextNumber::Kind::kSum, base + "_total", "int(", ")", before + "(\\d+) of \\d+" + behind);
    push(TextNumber::Kind::kSum, base + "_out_of_total", "int(", ")", before + "\\d+ of (\\d+)" + behind);
  }

  std::string duration_name() const {
    static constexpr std::array<const char*, 9> kSaid = {"took", "done",   "completed", "finished", "elapsed",
                                                         "time", "lasted", "duration",  "within"};
    std::vector<TextWord> words;
    for (const TextWord& one : found_.words) {
      const std::string telling = telling_word(one);
      if (!telling.empty() && std::find(kSaid.begin(), kSaid.end(), telling) == kSaid.end()) {
        words.push_back(one);
      }
    }
    words.resize(std::min<std::size_t>(words.size(), 3));
    const std::string name = kind_name(words);
    return name + (name.empty() ? "" : "_") + "duration_seconds";
  }

  std::string verb_before(std::size_t i) const {
    const std::string verb = i == 0 ? "" : past_of(telling_word(found_.words[i - 1]));
    return verb.empty() ? "" : verb + "_";
  }

  bool has_odd_blanks() const { return found_.pattern.starts_with("^\\s*"); }
  std::string blank() const { return has_odd_blanks() ? "\\s+" : " "; }
  static std::string comma(const NumberPlace& place) { return place.thousands > 0 ? "," : ""; }
  static std::string number_group(const NumberPlace& place) {
    const bool whole = place.whole == place.numbers;
    return whole && place.thousands == 0 ? "(\\d+)" : "([\\d" + comma(place) + (whole ? "" : ".") + "]+)";
  }
  static bool are_times(const std::set<std::string>& units) {
    return std::all_of(units.begin(), units.end(), [](const std::string& unit) { return is_time_unit(unit); });
  }
  static bool are_sizes(const std::set<std::string>& units) {
    return std::all_of(units.begin(), units.end(), [](const std::string& unit) { return bytes_per_unit(unit) > 0; });
  }
  // The longest first, since the first one that matches counts.
  static std::string alternatives(const std::set<std::string>& units) {
    std::vector<std::string> sorted(units.begin(), units.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    std::string text;
    for (const std::string& unit : sorted) {
      text += (text.empty() ? "" : "|") + unit;
    }
    return text;
  }

  // One or two words before it, as a pattern; the beginning where there is none.
  std::string before_of(std::size_t i) const {
    if (i == 0) {
      return has_odd_blanks() ? "^\\s*" : "^";
    }
    const bool two = i > 1 && !found_.words[i - 2].varies();
    const std::string& last = found_.words[i - 1].pattern;
    return (two ? found_.words[i - 2].pattern + blank() : "") + last + blank();
  }

  void add(TextNumber::Kind kind, const std::string& name, std::size_t i, const std::string& begin,
           const std::string& end, const std::string& group, bool with_next) {
    const std::string& text = found_.words[i].text;
    const std::string mark = literal_pattern(text.substr(0, text.find('*')));
    const std::string next = with_next && i + 1 < found_.words.size() ? blank() + found_.words[i + 1].pattern : "";
    push(kind, name, begin, (places_[i].thousands > 0 ? ".replace(\",\", \"\")" : "") + end,
         before_of(i) + mark + group + next);
  }

  void push(TextNumber::Kind kind, const std::string& name, const std::string& begin, const std::string& end,
            const std::string& pattern) {
    const std::string literal = pattern_literal(pattern);
    TextNumber number{kind, name, found_.text, begin + message_ + ".extract(" + literal + ")" + end,
                      message_ + ".matches(" + literal + ")"};
    const RE2 reads(pattern);
    for (const std::string& line : lines_) {
      if (!RE2::PartialMatch(line, reads)) {
        number.unread_example = ++number.unread == 1 ? line : number.unread_example;
      }
    }
    number.messages = lines_.size();
    numbers_.push_back(std::move(number));
  }

  const std::string& message_;
  const TextTemplate& found_;
  const std::vector<std::string>& lines_;
  const std::vector<NumberPlace> places_;
  std::vector<TextNumber> numbers_;
};

}  // namespace

std::vector<TextNumber> text_numbers(const std::string& message, const std::vector<MessageText>& messages,
                                     std::size_t most) {
  TextTemplates templates;
  for (const MessageText& one : messages) {
    templates.add(one.text);
  }
  std::vector<TextTemplate> frequent = templates.most_frequent(4 * kMostTemplates);
  std::erase_if(frequent, [&](const TextTemplate& one) {
    return one.count < kLeastMessages || one.count * 50 < messages.size() || !one.tells;
  });
  std::stable_sort(frequent.begin(), frequent.end(),
                   [](const TextTemplate& a, const TextTemplate& b) { return a.count > b.count; });
  frequent.resize(std::min(frequent.size(), kMostTemplates));
  std::vector<TextNumber> found;
  for (const TextTemplate& one : frequent) {
    const std::vector<std::string> lines = lines_of(one, messages);
    for (TextNumber& number : Finder(message, one, lines).take()) {
      const bool known =
          std::any_of(found.begin(), found.end(), [&](const TextNumber& other) { return other.name == number.name; });
      if (!known && found.size() < most) {
        found.push_back(std::move(number));
      }
    }
  }
  std::erase_if(found, [](const TextNumber& one) { return one.unread * 2 > one.messages; });
  return found;
}

}  // namespace leeway
