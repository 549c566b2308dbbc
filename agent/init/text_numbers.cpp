#include "agent/init/text_numbers.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "agent/core/number_text.h"
#include "agent/init/kind_name.h"
#include "agent/init/text_templates.h"

namespace leeway {
namespace {

constexpr std::uint64_t kLeastMessages = 10;
constexpr std::size_t kMostTemplates = 15;
constexpr std::size_t kMostSeen = 400;  // values of a word
constexpr std::size_t kFewValues = 3;
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
  std::set<std::string> different{};
  std::set<std::string> units{};  // glued to the numbers
};

void note(NumberPlace& place, const std::string& word) {
  static const RE2 kNumberWord(R"re([(\[]?(\d+(\.\d+)?)([a-zA-Zµ%]*)[,;:.!?)\]]*)re");
  std::string number;
  std::string fraction;
  std::string unit;
  ++place.values;
  if (RE2::FullMatch(word, kNumberWord, &number, &fraction, &unit)) {
    ++place.numbers;
    place.whole += fraction.empty() ? 1 : 0;
    place.different.insert(number);
    place.units.insert(unit);
  }
}

// The words of messages that a template is made of.
std::vector<NumberPlace> places_of(const TextTemplate& found, const std::vector<MessageText>& messages) {
  std::vector<NumberPlace> places(found.words.size());
  const RE2 pattern(found.pattern);
  std::size_t seen = 0;
  for (const MessageText& message : messages) {
    if (seen == kMostSeen) {
      break;
    }
    if (!RE2::PartialMatch(message.text, pattern)) {
      continue;
    }
    const std::vector<std::string> words = plain_words(message.text.substr(0, message.text.find('\n')));
    for (std::size_t i = 0; words.size() == places.size() && i < words.size(); ++i) {
      note(places[i], words[i]);
    }
    ++seen;
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
  Finder(const std::string& message, const TextTemplate& found, const std::vector<NumberPlace>& places)
      : message_(message), found_(found), places_(places) {}

  std::vector<TextNumber> take() {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const NumberPlace& place = places_[i];
      const bool numbers = place.numbers > 0 && place.numbers == place.values && place.different.size() >= kFewValues;
      if (numbers && !found_.words[i].text.ends_with("=*")) {
        look_at(i);
      }
    }
    return std::move(numbers_);
  }

 private:
  std::string word(std::size_t i) const { return i < places_.size() ? without_marks(found_.words[i].text) : ""; }
  bool is_number(std::size_t i) const {
    return i < places_.size() && places_[i].numbers > 0 && places_[i].numbers == places_[i].values;
  }

  void look_at(std::size_t i) {
    const NumberPlace& place = places_[i];
    const std::string glued = place.units.size() == 1 ? *place.units.begin() : "";
    const bool times = std::all_of(place.units.begin(), place.units.end(),
                                   [](const std::string& unit) { return units_per_second(unit) > 0 || unit == "m"; });
    const std::string unit = place.units.size() == 1 && glued.empty() ? word(i + 1) : glued;
    const std::string behind = glued.empty() ? word(i + 1) : "";
    if (times && place.units.size() > 1) {
      add(TextNumber::Kind::kDuration, duration_name(), i, "double(duration(", "))", "([0-9.]+[a-zµ]+)", false);
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
      add(TextNumber::Kind::kSum, verb_before(i) + behind + "_total", i, "int(", ")", "(\\d+)", true);
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
  static std::string number_group(const NumberPlace& place) {
    return place.whole == place.numbers ? "(\\d+)" : "([\\d.]+)";
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
    push(kind, name, begin, end, before_of(i) + mark + group + next);
  }

  void push(TextNumber::Kind kind, const std::string& name, const std::string& begin, const std::string& end,
            const std::string& pattern) {
    const std::string literal = pattern_literal(pattern);
    numbers_.push_back({kind, name, found_.text, begin + message_ + ".extract(" + literal + ")" + end,
                        message_ + ".matches(" + literal + ")"});
  }

  const std::string& message_;
  const TextTemplate& found_;
  const std::vector<NumberPlace>& places_;
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
    for (TextNumber& number : Finder(message, one, places_of(one, messages)).take()) {
      const bool known =
          std::any_of(found.begin(), found.end(), [&](const TextNumber& other) { return other.name == number.name; });
      if (!known && found.size() < most) {
        found.push_back(std::move(number));
      }
    }
  }
  return found;
}

}  // namespace leeway
