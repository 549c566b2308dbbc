#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <numeric>

#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "agent/sampling/findings.h"
#include "agent/sampling/stop_place.h"
#include "agent/sampling/time_fields.h"

namespace leeway {
namespace {

// The share of lines without a record, or a time, that is more than noise: an alert fires. A few lines are none.
constexpr double kMuch = 0.01;
constexpr std::uint64_t kFew = 2;

bool is_much(std::uint64_t count, std::uint64_t all) {
  return count == all || (count > kFew && static_cast<double>(count) > kMuch * static_cast<double>(all));
}

std::uint64_t sum_of(const ReasonCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& count) { return sum + count.second; });
}

// What would read them: `line` is one of `rejected`.
std::string remedy_of(const SampledSource& sampled, std::string_view line, std::uint64_t rejected,
                      std::uint64_t lines) {
  if (sampled.source->has_file_versions || sampled.table == nullptr) {
    return "";
  }
  const bool continues = line.starts_with(' ') || line.starts_with('\t') || line.starts_with("Caused by");
  if (continues && sampled.table->find("multiline") == nullptr) {
    return "; it goes on with the line before: expected multiline = \"traces\"";
  }
  const bool nearly_all = 10 * rejected >= 9 * lines;
  return nearly_all && sampled.newest ? "; `leeway init " + *sampled.newest + "` finds the format" : "";
}

void add_rejects(const SampledSource& sampled, std::vector<Finding>& out) {
  const SourceStatus& status = sampled.status;
  const std::uint64_t rejected = sum_of(status.rejects);
  const std::uint64_t lines = status.records + rejected;
  for (const auto& [reason, count] : status.rejects) {
    if (count == 0) {
      continue;
    }
    std::string example;
    const auto found = status.reject_examples.find(reason);
    if (found != status.reject_examples.end() && !found->second.empty()) {
      const RejectExample& last = found->second.back();
      example = fmt::format(", such as: {}{}{}", last.text, last.cut ? "..." : "",
                            remedy_of(sampled, last.text, rejected, lines));
    }
    const bool much = is_much(count, lines);
    out.push_back({much ? Weight::kWarning : Weight::kNote, sampled.position_of("format"),
                   fmt::format("{}{} of {} lines {} no record ({}){}", sampled.title(), count, lines,
                               count == 1 ? "is" : "are", reason, example),
                   rejected_lines(sampled, reason)});
  }
}

void add_empty(const SampledSource& sampled, std::vector<Finding>& out) {
  const SourceStatus& status = sampled.status;
  if (status.records == 0 && sum_of(status.rejects) == 0 && sampled.newest && status.bytes != 0) {
    // A document may well hold none.
    const Weight weight = sampled.source->has_file_versions ? Weight::kNote : Weight::kWarning;
    out.push_back({weight, sampled.position_of("path"),
                   fmt::format("{}none of the {} that were read of '{}' became a record{}", sampled.title(),
                               format_bytes(status.bytes), *sampled.newest,
                               status.ignored == 0 ? "" : "; all were left out by `ignore`")});
  }
}

// The key that says how times are read: the one that is given.
Position place_of_time(const SampledSource& sampled) {
  for (const char* const key : {"time_format", "time", "format"}) {
    if (sampled.table != nullptr && sampled.table->find(key) != nullptr) {
      return sampled.position_of(key);
    }
  }
  return sampled.position;
}

// A candidate that most records have.
std::optional<FieldPath> likely_time(const SampledSource& sampled, const std::string& but) {
  const std::vector<FieldPath> candidates = time_candidates(sampled.known_fields);
  const auto found = std::find_if(candidates.begin(), candidates.end(), [&](const FieldPath& path) {
    const SampledValues* const facts = sampled.sample->field(path);
    return path.to_string() != but && facts != nullptr && 2 * facts->present() > sampled.sample->records();
  });
  return found == candidates.end() ? std::nullopt : std::optional(*found);
}

std::string time_text(const FieldPath& path) {
  const std::string* const name = std::get_if<std::string>(&path.steps.front());
  return name == nullptr ? path.to_string() : *name;
}

// " (regex 3, uvicorn 2)": of which format they are, where there are several.
std::string formats_text(const ReasonCounts& untimed) {
  std::string text;
  for (const auto& [format, count] : untimed) {
    text += count == 0 ? "" : fmt::format("{}{} {}", text.empty() ? " (" : ", ", format, count);
  }
  return text.empty() ? "" : text + ")";
}

void add_no_time(const SampledSource& sampled, std::vector<Finding>& out) {
  const SourceSample& facts = *sampled.sample;
  const std::string field = sampled.source->definition->time_field();
  const std::optional<FieldPath> likely = likely_time(sampled, field);
  if (!sampled.source->definition->has_event_time()) {
    if (likely) {
      out.push_back(
          {Weight::kNote, sampled.position,
           fmt::format("{}records have the time of their arrival; they have a field `{}`, which time = \"{}\" "
                       "would take",
                       sampled.title(), likely->to_string(), time_text(*likely))});
    }
    return;
  }
  const auto count_of = [&](const char* kind) {
    const auto found = sampled.status.anomalies.find(kind);
    return found == sampled.status.anomalies.end() ? 0 : found->second;
  };
  const std::uint64_t absent = count_of("time_missing");
  const std::uint64_t invalid = count_of("time_invalid");
  if (field.empty() || absent + invalid == 0 || facts.records() == 0) {
    return;
  }
  const std::string& example = facts.times().unreadable.empty() ? facts.times().any : facts.times().unreadable;
  std::string message =
      fmt::format("{}{} of {} records have no time: ", sampled.title(), absent + invalid, facts.records());
  message += invalid == 0 ? fmt::format("they have no `{}`", field)
                          : fmt::format("`{}` cannot be read, such as {}", field, example);
  message += formats_text(sampled.status.untimed);
  if (likely) {
    message += fmt::format("; they have a field `{}`", likely->to_string());
  }
  // Some lines of many logs have no time by design: most of those that a program writes as it starts, and all of one
  // of several formats. One that cannot be read is a mistake.
  constexpr std::uint64_t kEnoughRecords = 20;
  const bool all = absent == facts.records();
  const bool most = 2 * absent > facts.records() && facts.records() >= kEnoughRecords;
  const bool by_design = sampled.status.untimed.size() > 1 && !likely;
  const bool much = is_much(invalid, facts.records()) || all || (most && !by_design);
  out.push_back({much ? Weight::kWarning : Weight::kNote,
                 invalid == 0 ? sampled.position_of("time") : place_of_time(sampled), std::move(message)});
}

// How far the last record is ahead of its file, or behind one that was just written, if that is a difference between
// zones; negative: behind.
std::optional<Duration> zone_offset(const DataSample& sample, const SampledSource& sampled) {
  constexpr Duration kStep = std::chrono::minutes(15);
  constexpr Duration kFarthest = std::chrono::hours(14);
  const TimePoint last = sampled.sample->times().last;
  const auto near = [&](TimePoint to, Duration step, Duration tolerance) -> std::optional<Duration> {
    const Duration offset = last - to;
    const Duration rounded = step * ((offset + (offset < Duration{} ? -step / 2 : step / 2)) / step);
    const Duration rest = offset < rounded ? rounded - offset : offset - rounded;
    const bool is_zone = rounded != Duration{} && rounded <= kFarthest && -rounded <= kFarthest && rest <= tolerance;
    return is_zone ? std::optional(rounded) : std::nullopt;
  };
  if (!sampled.info || sampled.source->has_file_versions) {
    return std::nullopt;
  }
  const TimePoint modified = sampled.info->modified;
  if (last > modified) {
    return near(modified, kStep, std::chrono::seconds(90));
  }
  // A log that was copied is as new, and as far from its records as chance wants.
  const bool is_young = sample.taken() < modified + std::chrono::minutes(10);
  return is_young ? near(modified, 2 * kStep, std::chrono::seconds(30)) : std::nullopt;
}

// "2h ahead of".
std::string offset_text(Duration offset) {
  return offset < Duration{} ? format_duration(-offset) + " behind" : format_duration(offset) + " ahead of";
}

// Whether the times are texts that do not say their zone.
bool has_no_zone(const TimeFacts& times) {
  static const re2::RE2 zone(R"re((Z|z|UTC|GMT|[+-]\d\d:?\d\d|:\d\d(\.\d+)? ?[+-]\d\d)"$)re");
  return times.any.starts_with('"') && !re2::RE2::PartialMatch(times.any, zone);
}

// Times of another zone than the source says. Whether it said something.
bool add_zone(const DataSample& sample, const SampledSource& sampled, std::vector<Finding>& out) {
  const TimeFacts& times = sampled.sample->times();
  const std::optional<Duration> offset =
      times.last == kNoTime || !has_no_zone(times) ? std::nullopt : zone_offset(sample, sampled);
  if (!offset) {
    return false;
  }
  const bool given = sampled.table != nullptr && sampled.table->find("time_zone") != nullptr;
  const bool ahead = *offset > Duration{};
  out.push_back({ahead ? Weight::kWarning : Weight::kNote,
                 given ? sampled.position_of("time_zone") : place_of_time(sampled),
                 fmt::format("{}the last record, of {}, is {} the last change of its file; expected another "
                             "`time_zone` than \"{}\"{}",
                             sampled.title(), format_rfc3339(times.last), offset_text(*offset),
                             sampled.source->definition->time_zone(), ahead ? "" : ", unless the file was copied")});
  return true;
}

// Times in another unit, or of another century.
void add_strange_times(const DataSample& sample, const SampledSource& sampled, std::vector<Finding>& out) {
  constexpr Duration kTenYears = std::chrono::hours(24 * 3652);
  const std::string field = sampled.source->definition->time_field();
  const TimePoint first = sampled.sample->times().first;
  if (field.empty() || first == kNoTime || add_zone(sample, sampled, out)) {
    return;
  }
  const bool own = sampled.table != nullptr && sampled.table->find("time") != nullptr;
  const std::string expected = own ? fmt::format("; expected `time_format` to say how `{}` is written", field)
                                   : std::string("; the clock of what wrote them is wrong, or the zone that they name");
  if (sampled.status.future_records != 0) {
    out.push_back({Weight::kWarning, place_of_time(sampled),
                   fmt::format("{}{} of {} records are in the future{}", sampled.title(), sampled.status.future_records,
                               sampled.sample->records(), expected)});
  } else if (first < TimePoint(kTenYears)) {
    out.push_back({Weight::kWarning, place_of_time(sampled),
                   fmt::format("{}there is a record of {}{}", sampled.title(), format_rfc3339(first), expected)});
  }
}

}  // namespace

std::vector<LineExample> rejected_lines(const SampledSource& sampled, std::string_view reason) {
  constexpr std::size_t kMost = 3;
  std::vector<LineExample> lines;
  const auto found = sampled.status.reject_examples.find(reason);
  if (found == sampled.status.reject_examples.end() || sampled.table == nullptr) {
    return lines;
  }
  for (auto each = found->second.rbegin(); each != found->second.rend() && lines.size() < kMost; ++each) {
    const std::string first = each->text.substr(0, each->text.find('\n'));
    std::optional<std::size_t> stop = stop_of(*sampled.table, first);
    // What was cut off may be what is missing.
    stop = each->cut && stop == first.size() ? std::nullopt : stop;
    lines.push_back({first, stop});
  }
  return lines;
}

void add_record_findings(const DataSample& sample, std::vector<Finding>& out) {
  for (const SampledSource& sampled : sample.sources()) {
    if (sampled.stream) {
      continue;
    }
    add_rejects(sampled, out);
    add_empty(sampled, out);
    add_no_time(sampled, out);
    add_strange_times(sample, sampled, out);
  }
}

}  // namespace leeway
