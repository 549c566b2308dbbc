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

// The position of the key that says where a record begins.
Position position_of_multiline(const SampledSource& sampled) {
  const ConfigValue* const rule = sampled.table->find("multiline");
  const auto* const table = rule->get_if<ConfigTable>();
  for (const char* const key : {"start", "continue", "preset"}) {
    if (table != nullptr && table->find(key) != nullptr) {
      return table->find(key)->position();
    }
  }
  return rule->position();
}

// Lines that were taken for the rest of a record that is as long as it may be. Whether it said something.
bool add_endless(const SampledSource& sampled, const std::string& reason, std::uint64_t count, std::uint64_t lines,
                 std::vector<Finding>& out) {
  if (reason != "late_continuation" || sampled.table == nullptr || sampled.table->find("multiline") == nullptr ||
      2 * count < lines) {
    return false;
  }
  out.push_back(
      {Weight::kWarning, position_of_multiline(sampled),
       fmt::format("{}{} of {} lines are no record ({}): `multiline` takes nearly all lines for the rest of the "
                   "one before; expected `start` to be a regular expression that is found in the first line "
                   "of each record",
                   sampled.title(), count, lines, reason)});
  return true;
}

void add_rejects(const SampledSource& sampled, std::vector<Finding>& out) {
  const SourceStatus& status = sampled.status;
  const std::uint64_t rejected = sum_of(status.rejects);
  const std::uint64_t lines = status.records + rejected;
  for (const auto& [reason, count] : status.rejects) {
    if (count == 0 || add_endless(sampled, reason, count, lines, out)) {
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

// Keys that say what is read of a line, and change nothing.
void add_idle_keys(const SampledSource& sampled, std::vector<Finding>& out) {
  const std::uint64_t records = sampled.status.records;
  const ConfigValue* const unwrap = sampled.table == nullptr ? nullptr : sampled.table->find("unwrap");
  const auto* const field = unwrap == nullptr ? nullptr : unwrap->get_if<std::string>();
  const bool bare = field != nullptr && sampled.table->find("container") == nullptr && !sampled.known_fields.empty();
  const bool found = bare && std::any_of(sampled.known_fields.begin(), sampled.known_fields.end(),
                                         [&](const FieldPath& known) { return known.to_string() == *field; });
  if (bare && !found && records != 0) {
    out.push_back({Weight::kWarning, unwrap->position(),
                   fmt::format("{}`unwrap` names `{}`, which is in none of {} records: they are read as they are",
                               sampled.title(), *field, records)});
  }
  if (sampled.table != nullptr && sampled.table->find("ignore") != nullptr && sampled.status.ignored == 0 &&
      records != 0) {
    out.push_back({Weight::kNote, sampled.position_of("ignore"),
                   fmt::format("{}`ignore` leaves out none of {} records of the sample", sampled.title(), records)});
  }
}

void add_unread(const SampledSource& sampled, std::vector<Finding>& out) {
  if (!sampled.is_read) {
    out.push_back({Weight::kNote, sampled.position,
                   sampled.title() + "nothing reads it; expected a [[metric]] or another section with `source = \"" +
                       sampled.source->name + "\"`, which may be left out where there is one source"});
  }
}

// Whether all its values are times, which seldom go back.
bool is_ascending_time(const SampledValues& values, std::uint64_t records) {
  constexpr double kFirstTime = 1e9;  // seconds since 1970, in 2001
  static const re2::RE2 time(R"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*)");
  const bool texts =
      !values.texts.empty() && std::all_of(values.texts.begin(), values.texts.end(),
                                           [](const auto& each) { return re2::RE2::FullMatch(each.first, time); });
  const bool numbers = !values.first_numbers.empty() && values.first_numbers.front() > kFirstTime &&
                       values.first_numbers.back() > values.first_numbers.front();
  return texts != numbers && 2 * values.present() > records && 20 * values.descents < records;
}

// Records that come later than others of their time, so that windows and rates leave them out.
void add_behind(const SampledSource& sampled, std::vector<Finding>& out) {
  const std::uint64_t late = sampled.status.late_records;
  const std::uint64_t records = sampled.sample->records();
  if (late == 0) {
    return;
  }
  const std::string own = sampled.source->definition->time_field();
  const auto ascending =
      std::find_if(sampled.known_fields.begin(), sampled.known_fields.end(), [&](const FieldPath& path) {
        const SampledValues* const values = sampled.sample->field(path);
        return path.to_string() != own && values != nullptr && is_ascending_time(*values, records);
      });
  std::string hint;
  if (is_much(late, records) && !own.empty()) {
    hint = fmt::format("; `{}` does not ascend{}", own,
                       ascending == sampled.known_fields.end() ? "" : ", but `" + ascending->to_string() + "` does");
  }
  out.push_back({is_much(late, records) ? Weight::kWarning : Weight::kNote, sampled.position_of("time"),
                 fmt::format("{}{} of {} records are further behind the latest one than `allowed_lateness`, {}{}",
                             sampled.title(), late, records, format_duration(sampled.source->allowed_lateness), hint)});
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
    add_unread(sampled, out);
    add_rejects(sampled, out);
    add_empty(sampled, out);
    add_idle_keys(sampled, out);
    add_behind(sampled, out);
    add_no_time(sampled, out);
    add_strange_times(sample, sampled, out);
  }
}

}  // namespace leeway
