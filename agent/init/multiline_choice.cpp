#include "agent/init/multiline_choice.h"

#include <re2/re2.h>

#include <algorithm>

#include "agent/init/sample_lines.h"

namespace leeway {
namespace {

// Where a record begins, as a regular expression; "" where it cannot be told.
std::string start_of(const FormatChoice& choice) {
  std::string start;
  for (const std::string& beginning : choice.beginnings) {
    if (beginning.empty()) {
      return "";
    }
    start += (start.empty() ? "" : "|") + beginning;
  }
  return start.empty() ? "" : "^(?:" + start + ")";
}

struct Outcome {
  std::uint64_t records = 0;
  std::uint64_t rejected = 0;
  std::uint64_t untimed = 0;  // where all formats have times
};

Outcome outcome_with(FormatChoice choice, const std::string& multiline, const LogSample& sample) {
  choice.multiline = multiline;
  const Expected<SourceTrial> trial = try_source(keys_of(choice), {sample.text, sample.info.modified});
  const bool timed = std::all_of(choice.formats.begin(), choice.formats.end(),
                                 [](const FormatCandidate& format) { return format.timed; });
  return trial ? Outcome{trial->records, trial->rejected, timed ? trial->records - trial->timed : 0} : Outcome{};
}

struct Beginnings {
  std::uint64_t records = 0;  // lines that begin as a record does
  std::uint64_t others = 0;
  std::uint64_t further = 0;  // of the others, those that look as if they went on with a record
};

// Whatever they are, most lines that are no beginnings have to look as if they went on: else it is a wrong beginning
// that makes records of everything between two of its kind.
bool is_start(const Beginnings& lines) {
  return lines.records > 0 && (lines.others <= lines.records || lines.further * 2 >= lines.others);
}

bool adds_to_record(const FormatChoice& choice, const std::string& line) {
  return std::any_of(choice.formats.begin(), choice.formats.end(), [&](const FormatCandidate& format) {
    return !format.adds.empty() && RE2::PartialMatch(line, format.adds);
  });
}

// What stands at the front of further lines, and never of records; or what a format says that it adds.
bool is_further(const FormatChoice& choice, const std::string& line) {
  static const RE2 kFurther(R"re(^(?:\s|Caused by|Traceback|[\w.$]+(?:Error|Exception)\b|[})\]]|\.\.\.))re");
  return RE2::PartialMatch(line, kFurther) || adds_to_record(choice, line);
}

Beginnings lines_with(const std::string& start, const LogSample& sample, const FormatChoice& choice) {
  const RE2 begins(start);
  std::vector<std::string> lines;
  for (const std::string_view line : lines_of(sample.text)) {
    lines.push_back(plain_line(std::string(line)));
  }
  if (!choice.container.empty()) {
    unwrap_all(lines);
  }
  Beginnings found;
  for (const std::string& line : lines) {
    const bool record = RE2::PartialMatch(line, begins);
    const bool empty = line.find_first_not_of(" \t") == std::string::npos;
    found.records += record ? 1 : 0;
    found.others += record || empty ? 0 : 1;
    found.further += !record && !empty && is_further(choice, line) ? 1 : 0;
  }
  return found;
}

// Whether lines may go on with a record whatever they are. Not where they are records of a format that was not found:
// what begins with a time or a level is a record, and formats that read less than a tenth of what begins at the first
// column do not describe the log.
bool may_join_any_line(const FormatChoice& choice, const std::vector<std::string>& unread) {
  static const RE2 kBegins(
      R"re(^[\[(<]?(?:\d{4}[-/.]\d\d[-/.]\d\d[ T]|\d\d?:\d\d:\d\d\b|1\d{9}(?:\d{3})?\b|(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\b))re");
  std::size_t records = 0;
  std::size_t texts = 0;
  for (const std::string& line : unread) {
    records += !adds_to_record(choice, line) && RE2::PartialMatch(line, kBegins) ? 1 : 0;
    texts += is_further(choice, line) ? 0 : 1;
  }
  return records * 10 <= choice.lines.size() && texts <= choice.lines.size() * 9;
}

}  // namespace

void choose_multiline(FormatChoice& choice, const LogSample& sample, const std::vector<std::string>& unread) {
  const std::string start = start_of(choice);
  Outcome plain = outcome_with(choice, "", sample);
  if (plain.rejected + plain.untimed == 0 && choice.formats.size() == 1 && choice.formats.front().begins.empty()) {
    return;
  }
  const Beginnings beginnings = start.empty() ? Beginnings{plain.records} : lines_with(start, sample, choice);
  const std::uint64_t begun = is_start(beginnings) ? beginnings.records : plain.records;
  const auto wrong = [&](const Outcome& outcome) {
    return outcome.rejected + outcome.untimed +
           (outcome.records > begun ? outcome.records - begun : begun - outcome.records);
  };
  std::vector<std::string> rules = {"\"traces\"", "\"indent\"", "\"time\""};
  const auto is_json = [](const FormatCandidate& format) { return format.keys.front().second == "\"json\""; };
  if (std::any_of(choice.formats.begin(), choice.formats.end(), is_json)) {
    rules.emplace_back("\"json\"");
  }
  if (!start.empty() && is_start(beginnings)) {
    rules.push_back("{ start = " + toml_text(start) + " }");
  }
  // An object that ends in its line does not go on, but for a trace that the logger did not put into it.
  const bool objects = choice.formats.size() == 1 && choice.formats.front().name == "json";
  const bool any_line_joins = may_join_any_line(choice, unread);
  std::uint64_t least = wrong(plain);
  for (const std::string& rule : rules) {
    const bool any_line = rule != "\"traces\"" && rule != "\"indent\"";
    if (any_line && !any_line_joins) {
      continue;
    }
    const Outcome joined = outcome_with(choice, rule, sample);
    const bool may_go_on = !objects || rule == "\"traces\"" || joined.records > plain.records;
    if (joined.records > 0 && may_go_on && wrong(joined) + least / 10 < least) {
      least = wrong(joined);
      choice.multiline = rule;
    }
  }
}

}  // namespace leeway
