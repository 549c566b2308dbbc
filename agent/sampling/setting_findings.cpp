#include <fmt/format.h>

#include <algorithm>

#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "agent/sampling/findings.h"

namespace leeway {
namespace {

const std::string* text_at(const ConfigTable& config, const ConfigPlace& place) {
  const ConfigValue* const value = value_at(config, place);
  return value == nullptr ? nullptr : value->get_if<std::string>();
}

// scale = "counts" of values that are no counts.
void add_scale(const DataSample& sample, const SampledSource& sampled, const ExpressionFacts& value,
               std::vector<Finding>& out) {
  const ConfigPlace place{value.place[0], value.place[1], "scale"};
  const std::string* const scale = text_at(sample.config(), place);
  if (scale == nullptr || (*scale != "counts" && *scale != "flags")) {
    return;
  }
  const bool counts = *scale == "counts";
  const SampledValues& facts = value.results;
  const std::uint64_t wrong =
      counts ? std::min(facts.numbers(), facts.fractions + facts.negatives) : facts.other_than_flags;
  if (wrong == 0 || sampled.sample->records() == 0) {
    return;
  }
  out.push_back({Weight::kWarning, value_at(sample.config(), place)->position(),
                 fmt::format("{}: scale = \"{}\" is for {}, but {} of {} values are others; expected scale = "
                             "\"probability\"",
                             value.use.what, *scale, counts ? "whole numbers from 0 on" : "values of 0 and 1", wrong,
                             facts.numbers())});
}

// The rows that an entry compares: those that its `when` takes, and of these the most that one segment has.
struct Compared {
  std::uint64_t rows = 0;
  std::string of{};  // " that `when` takes", or ""
};

Compared compared_rows(const SampledSource& sampled, std::string_view section, std::size_t index) {
  Compared compared{sampled.status.records};
  const ConfigPlace entry{std::string(section), "[" + std::to_string(index) + "]"};
  const auto is_key = [&](const ExpressionFacts& facts, std::string_view key) {
    return facts.place.size() == 3 && facts.place[0] == entry[0] && facts.place[1] == entry[1] && facts.is(key);
  };
  for (const ExpressionFacts& facts : sampled.sample->expressions()) {
    if (is_key(facts, "when") && facts.trues < compared.rows) {
      compared = {facts.trues, " that `when` takes"};
    }
  }
  for (const ExpressionFacts& facts : sampled.sample->expressions()) {
    std::uint64_t most = 0;
    for (const auto& [text, rows] : facts.results.texts) {
      most = std::max(most, rows);
    }
    if (is_key(facts, "segment") && facts.results.texts.size() > 1 && most < compared.rows) {
      compared = {most, compared.of + " in the largest segment"};
    }
  }
  return compared;
}

// A reference of more rows than there are.
void add_first_rows(const DataSample& sample, const SampledSource& sampled, const ConfigValue& entry,
                    std::string_view section, std::size_t index, std::vector<Finding>& out) {
  const auto* const table = entry.get_if<ConfigTable>();
  const ConfigValue* const reference = table == nullptr ? nullptr : table->find("reference");
  const auto* const keys = reference == nullptr ? nullptr : reference->get_if<ConfigTable>();
  const ConfigValue* const rows = keys == nullptr ? nullptr : keys->find("first_rows");
  const auto* const wanted = rows == nullptr ? nullptr : rows->get_if<std::int64_t>();
  const ConfigValue* const source = table == nullptr ? nullptr : table->find("source");
  const auto* const named = source == nullptr ? nullptr : source->get_if<std::string>();
  const bool own =
      source == nullptr ? sample.sources().size() == 1 : named != nullptr && *named == sampled.source->name;
  const auto [records, of] = compared_rows(sampled, section, index);
  if (wanted == nullptr || !own || !sampled.complete || sampled.share < 1 || records == 0 ||
      records >= static_cast<std::uint64_t>(*wanted)) {
    return;
  }
  const ConfigValue* const name = table->find("name");
  const auto* const text = name == nullptr ? nullptr : name->get_if<std::string>();
  // A reference may well be of some nights' files.
  constexpr std::uint64_t kSomeVersions = 3;
  const std::uint64_t files = std::max<std::uint64_t>(1, sampled.matches.paths.size());
  const std::uint64_t versions = (static_cast<std::uint64_t>(*wanted) * files + records - 1) / records;
  const bool of_files = sampled.source->has_file_versions;
  // A log may have older generations, which are not part of the sample.
  const std::string effect =
      of_files ? fmt::format("there are only {}{}: that takes {} versions of {} file", records, of, versions,
                             files == 1 ? "the" : "such a")
               : fmt::format("the newest log has only {}{}: until there are as many, nothing is compared", records, of);
  out.push_back({of_files && versions > kSomeVersions ? Weight::kWarning : Weight::kNote, rows->position(),
                 fmt::format("[[{}]] '{}': the reference is of the first {} rows, but {}", section,
                             text == nullptr ? "" : *text, *wanted, effect)});
}

// Records that an entry leaves out, or takes in a wrong order.
void add_late(const DataSample& sample, std::string_view section, std::size_t index, const ConfigValue& entry,
              std::vector<Finding>& out) {
  const ConfigPlace place{std::string(section), "[" + std::to_string(index) + "]"};
  const MetricStatus* const status = sample.status_of(place);
  if (status == nullptr || status->late.first == kNoTime) {
    return;
  }
  const LateRecords& late = status->late;
  const ConfigValue* const lateness = entry.get_if<ConfigTable>()->find("lateness");
  const std::string* const name = text_at(sample.config(), {place[0], place[1], "name"});
  constexpr std::uint64_t kSingle = 2;
  constexpr std::uint64_t kOneIn = 100;
  const std::uint64_t all = late.records + late.timely;
  out.push_back(
      {late.records > kSingle && late.records * kOneIn > all ? Weight::kWarning : Weight::kNote,
       lateness == nullptr ? entry.position() : lateness->position(),
       fmt::format("[[{}]] '{}': {} of {} records come {}, such as one of {}, {} behind the latest one; {}", section,
                   *name, late.records, all,
                   late.behind > late.allowed ? "later than `lateness`, " + format_duration(late.allowed) + ", allows"
                                              : std::string("when the window has passed them"),
                   format_rfc3339(late.first),
                   format_duration(std::chrono::duration_cast<std::chrono::seconds>(late.behind)),
                   section == "window" ? "they are left out" : "they count in the order in which they come")});
}

}  // namespace

void add_setting_findings(const DataSample& sample, std::vector<Finding>& out) {
  for (const char* const section : {"window", "state"}) {
    const ConfigValue* const entries = sample.config().find(section);
    const auto* const list = entries == nullptr ? nullptr : entries->get_if<ConfigArray>();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      add_late(sample, section, i, (*list)[i], out);
    }
  }
  for (const SampledSource& sampled : sample.sources()) {
    if (sampled.sample == nullptr) {
      continue;
    }
    for (const ExpressionFacts& facts : sampled.sample->expressions()) {
      if (facts.place.size() == 3 && facts.place[0] == "change" && facts.is("value")) {
        add_scale(sample, sampled, facts, out);
      }
    }
    for (const char* const section : {"drift", "change"}) {
      const ConfigValue* const entries = sample.config().find(section);
      const auto* const list = entries == nullptr ? nullptr : entries->get_if<ConfigArray>();
      for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
        add_first_rows(sample, sampled, (*list)[i], section, i, out);
      }
    }
  }
}

}  // namespace leeway
