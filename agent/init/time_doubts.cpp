#include "agent/init/time_doubts.h"

#include <re2/re2.h>

#include <algorithm>

#include "agent/core/number_text.h"
#include "agent/init/field_roles.h"
#include "agent/init/source_trial.h"
#include "agent/init/zone_choice.h"

namespace leeway {
namespace {

// The abbreviation behind the times of the lines, if it is that of one zone in all of them.
std::string abbreviation_in(const std::vector<std::string>& lines) {
  static const RE2 kZone(R"re(^.{0,60}?\d\d?:\d\d:\d\d(?:[.,]\d+)?(?: [AP]M)? ([A-Z]{3,4})[ :\])])re");
  std::string found;
  for (const std::string& line : lines) {
    std::string abbreviation;
    if (!RE2::PartialMatch(line, kZone, &abbreviation) || zone_of_abbreviation(abbreviation).empty() ||
        (!found.empty() && zone_of_abbreviation(abbreviation) != zone_of_abbreviation(found))) {
      return "";
    }
    found = found.empty() ? abbreviation : found;
  }
  return found;
}

std::uint64_t times_read(const FormatChoice& choice, const LogSample& sample) {
  const Expected<SourceTrial> trial = try_source(keys_of(choice), {sample.text, sample.info.modified});
  return trial ? trial->timed : 0;
}

}  // namespace

std::vector<std::string> name_zones(FormatChoice& choice) {
  std::vector<std::string> doubts;
  for (std::size_t i = 0; i < choice.formats.size() && i < choice.own.size(); ++i) {
    const std::string abbreviation = abbreviation_in(choice.own[i]);
    const std::string zone = zone_of_abbreviation(abbreviation);
    if (zone.empty() || !choice.formats[i].timed || !depends_on_zone(choice)) {
      continue;
    }
    choice.formats[i].keys.emplace_back("time_zone", toml_text(zone));
    if (zone != "UTC") {
      doubts.push_back("`" + abbreviation + "` in its times is taken for the zone " + zone);
    }
  }
  return doubts;
}

std::vector<std::string> doubts_of_dates(const FormatChoice& choice, const LogSample& sample) {
  std::vector<std::string> doubts;
  for (std::size_t i = 0; i < choice.formats.size(); ++i) {
    FormatChoice other = choice;
    for (auto& [key, value] : other.formats[i].keys) {
      const std::string format = value;
      const bool swapped = key == "time_format" && (RE2::Replace(&value, "%d([/.-])%m([/.-])%Y", R"(%m\1%d\2%Y)") ||
                                                    RE2::Replace(&value, "%m([/.-])%d([/.-])%Y", R"(%d\1%m\2%Y)"));
      if (swapped && times_read(other, sample) >= times_read(choice, sample)) {
        doubts.push_back("its dates are read as " + format + ", but all of them could be " + value);
      }
    }
  }
  return doubts;
}

std::string doubt_of_access_duration(const FormatChoice& choice, std::vector<SampledField>& fields) {
  const bool access = std::any_of(choice.formats.begin(), choice.formats.end(), [](const FormatCandidate& format) {
    return format.keys.front().second == "\"apache\"";
  });
  const auto duration =
      std::find_if(fields.begin(), fields.end(), [](const SampledField& field) { return field.name == "duration"; });
  if (!access || duration == fields.end() || duration->facts.number_count() == 0 ||
      duration->facts.quantile(0.5) >= 0.001) {
    return "";
  }
  return "the last column is read as microseconds (`%D` of Apache), so half of the requests take at most " +
         number_text(duration->facts.quantile(0.5)) +
         " s; where it is milliseconds, write a `pattern` that ends in `{duration:ms}`";
}

}  // namespace leeway
