#include "collectors/decode/zone_abbreviations.h"

#include <algorithm>
#include <array>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

struct Abbreviation {
  std::string_view name;
  std::string_view zones;  // one for each pair of offsets in winter and summer, of those that use it today
};

constexpr std::array kAbbreviations = {
    Abbreviation{"ACDT", R"("Australia/Adelaide")"},
    Abbreviation{"ACST", R"("Australia/Adelaide", "Australia/Darwin")"},
    Abbreviation{"ADT", R"("America/Halifax")"},
    Abbreviation{"AEDT", R"("Australia/Sydney")"},
    Abbreviation{"AEST", R"("Australia/Sydney", "Australia/Brisbane")"},
    Abbreviation{"AKDT", R"("America/Anchorage")"},
    Abbreviation{"AKST", R"("America/Anchorage")"},
    Abbreviation{"AST", R"("America/Halifax", "America/Puerto_Rico")"},
    Abbreviation{"AWST", R"("Australia/Perth")"},
    Abbreviation{"BST", R"("Europe/London")"},
    Abbreviation{"CDT", R"("America/Chicago", "America/Havana")"},
    Abbreviation{"CEST", R"("Europe/Berlin")"},
    Abbreviation{"CST", R"("America/Chicago", "America/Mexico_City", "America/Havana", "Asia/Shanghai")"},
    Abbreviation{"EDT", R"("America/New_York")"},
    Abbreviation{"EEST", R"("Europe/Helsinki")"},
    Abbreviation{"EST", R"("America/New_York", "America/Panama")"},
    Abbreviation{"HST", R"("Pacific/Honolulu", "America/Adak")"},
    Abbreviation{"IST", R"("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin")"},
    Abbreviation{"JST", R"("Asia/Tokyo")"},
    Abbreviation{"KST", R"("Asia/Seoul")"},
    Abbreviation{"MDT", R"("America/Denver")"},
    Abbreviation{"MSK", R"("Europe/Moscow")"},
    Abbreviation{"MST", R"("America/Denver", "America/Phoenix")"},
    Abbreviation{"NZDT", R"("Pacific/Auckland")"},
    Abbreviation{"NZST", R"("Pacific/Auckland")"},
    Abbreviation{"PDT", R"("America/Los_Angeles")"},
    Abbreviation{"PST", R"("America/Los_Angeles", "Asia/Manila")"},
    Abbreviation{"SST", R"("Pacific/Pago_Pago")"},
    Abbreviation{"WEST", R"("Europe/Lisbon")"},
};

}  // namespace

std::string zones_abbreviated(std::string_view name) {
  const auto* const found = std::find_if(kAbbreviations.begin(), kAbbreviations.end(),
                                         [&](const Abbreviation& known) { return known.name == name; });
  return found == kAbbreviations.end() ? std::string() : std::string(found->zones);
}

std::string_view find_zone_abbreviation(std::string_view text) {
  while (!text.empty()) {
    const auto letters = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_letter) - text.begin());
    const std::string_view word = text.substr(0, letters);
    if (!zones_abbreviated(word).empty()) {
      return word;
    }
    text.remove_prefix(std::max<std::size_t>(letters, 1));
  }
  return {};
}

}  // namespace leeway
