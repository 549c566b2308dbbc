#include "agent/init/text_numbers.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include "agent/core/number_text.h"
#include "agent/init/kind_name.h"
#include "agent/init/text_number_places.h"
#include "agent/init/text_templates.h"

namespace leeway {
namespace {

constexpr std::uint64_t kLeastMessages = 10;
constexpr std::size_t kMostTemplates = 15;

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
    const std::size_t after = plain ? i + 2 : i + 1;
    if (are_times(place.units) && (place.units.size() > 1 || place.compound > 0)) {
      const std::string one = "([\\d" + comma(place) + ".]+[a-zµ]+)";
      add(duration_kind(i, after), duration_name(), i, "double(duration(", "))",
          place.compound == 0 ? one : "((?:[\\d" + comma(place) + ".]+[a-zµ]+)+)", false);
    } else if (plain && are_times(place.next_words) && place.next_words.size() > 1) {
      add(duration_kind(i, after), duration_name(), i, "double(duration(", "))",
          "([\\d" + comma(place) + ".]+" + blank() + "(?:" + alternatives(place.next_words) + "))", false);
    } else if (are_sizes(place.units) && place.units.size() > 1) {
      add_amount("bytes", i, i + 1, "double(byte_size(", "))",
                 "([\\d" + comma(place) + ".]+(?:" + alternatives(place.units) + "))", false);
    } else if (plain && are_sizes(place.next_words) && place.next_words.size() > 1) {
      add_amount("bytes", i, i + 2, "double(byte_size(", "))",
                 "([\\d" + comma(place) + ".]+" + blank() + "(?:" + alternatives(place.next_words) + "))", false);
    } else if (units_per_second(unit) > 0) {
      const double per_second = units_per_second(unit);
      add(duration_kind(i, after), duration_name(), i, "double(",
          per_second == 1 ? ")" : ") / " + plain_number(per_second) + ".0", number_group(place) + glued, glued.empty());
    } else if (bytes_per_unit(unit) > 0) {
      const double bytes = bytes_per_unit(unit);
      add_amount("bytes", i, after, "double(", bytes == 1 ? ")" : ") * " + plain_number(bytes),
                 number_group(place) + glued, glued.empty());
    } else if (behind == "of" && is_number(i + 2)) {
      part(i);
    } else if (glued.empty() && place.whole == place.numbers && is_counted(behind) &&
               !(i >= 1 && word(i - 1) == "of")) {
      add_amount(behind, i, after, "int(", ")", number_group(place), true);
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
    const std::string state = state_of(i, i + 4);
    const auto kind = state.empty() ? TextNumber::Kind::kSum : TextNumber::Kind::kGauge;
    const std::string end = state.empty() ? "_total" : "";
    const std::string name = state.empty() || noun.empty() ? base : state + "_" + noun;
    push(kind, name + end, "int(", ")", before + "(\\d+) of \\d+" + behind);
    push(kind, name + "_out_of" + end, "int(", ")", before + "\\d+ of (\\d+)" + behind);
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

  std::string lower_word(std::size_t i) const {
    std::string text = word(i);
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
  }

  // The word that says that the number is a value at a time, "running"; "" where it may be summed. `behind`: the first
  // word behind the number and its unit.
  std::string state_of(std::size_t i, std::size_t behind) const {
    static constexpr std::array kLinks = {"is", "are", "has", "have", "now", "of", "at", "to"};
    const std::string before = i == 0 ? "" : lower_word(i - 1);
    const bool link = std::find(kLinks.begin(), kLinks.end(), before) != kLinks.end();
    std::string word_before = link && i > 1 ? lower_word(i - 2) : before;
    if (is_state_word(word_before)) {
      return word_before;
    }
    // Behind a comma, or before a colon, a word says something of the next number.
    const auto ends_with = [&](std::size_t at, std::string_view marks) {
      return at < places_.size() && marks.find(found_.words[at].text.back()) != std::string_view::npos;
    };
    const bool next = ends_with(behind - 1, ",;.:|)]") || ends_with(behind, ":=");
    const std::string said = next ? "" : lower_word(behind);
    if (said == "in" && (lower_word(behind + 1) == "use" || lower_word(behind + 1) == "flight")) {
      return "in_" + lower_word(behind + 1);
    }
    const std::string first = is_state_word(word_before) || i < 2 ? "" : lower_word(i - 2);
    const bool mean = first == "avg" || first == "average" || first == "mean";
    return is_state_word(said) ? said : said == "per" ? "rate" : mean ? first : "";
  }

  // Whether another number of the same noun is one of a state: "3 reqs, waiting: 2 reqs".
  bool is_beside_state(std::size_t i, std::size_t behind) const {
    for (std::size_t at = 0; behind == i + 2 && at < places_.size(); ++at) {
      if (at != i && is_number(at) && word(at + 1) == word(i + 1) && !state_of(at, at + 2).empty()) {
        return true;
      }
    }
    return false;
  }

  // A sum, or the last value of what is a state.
  void add_amount(const std::string& base, std::size_t i, std::size_t behind, const std::string& begin,
                  const std::string& end, const std::string& group, bool with_next) {
    std::string state = state_of(i, behind);
    std::replace(state.begin(), state.end(), '-', '_');
    if (state.empty() && is_beside_state(i, behind)) {
      add(TextNumber::Kind::kGauge, verb_before(i) + base, i, begin, end, group, with_next);
    } else if (state.empty()) {
      add(TextNumber::Kind::kSum, verb_before(i) + base + "_total", i, begin, end, group, with_next);
    } else {
      add(TextNumber::Kind::kGauge, state == "rate" ? base + "_rate" : state + "_" + base, i, begin, end, group,
          with_next);
    }
  }

  // Means of durations are no durations.
  TextNumber::Kind duration_kind(std::size_t i, std::size_t behind) const {
    const std::string state = state_of(i, behind);
    return state == "avg" || state == "average" || state == "mean" || state == "rate" || state == "lag"
               ? TextNumber::Kind::kGauge
               : TextNumber::Kind::kDuration;
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
