#include "agent/init/proposal_doubts.h"

#include <re2/re2.h>

#include <algorithm>

namespace leeway {
namespace {

std::string count_of(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

// What is in the place of a time.
std::string reason_without_time(const FormatChoice& choice) {
  static const RE2 kNoYear(R"re(^(?:[A-Z]+\b)?\W*\d\d[-/.]\d\d \d\d:\d\d)re");
  static const RE2 kNoDate(R"re(^(?:[A-Z]+\b)?\W*\d?\d:\d\d(:\d\d|[AP]M))re");
  const auto share = [&](const RE2& pattern) {
    return std::count_if(choice.lines.begin(), choice.lines.end(),
                         [&](const std::string& line) { return RE2::PartialMatch(line, pattern); }) *
               2 >
           static_cast<std::ptrdiff_t>(choice.lines.size());
  };
  return share(kNoYear)   ? "the dates of its records have no year, without which they cannot be read: "
         : share(kNoDate) ? "the times of its records have no date, without which they cannot be read: "
                          : "its records have no time that can be read: ";
}

}  // namespace

void count_joined(LogProposal& proposal, const LogSample& sample) {
  const SourceTrial& trial = proposal.trial;
  std::uint64_t lines = 0;
  for (const std::string_view line : lines_of(sample.text)) {
    lines += line.find_first_not_of(" \t") == std::string_view::npos ? 0 : 1;
  }
  const std::uint64_t counted = trial.records + trial.rejected + trial.ignored;
  proposal.joined = proposal.choice.multiline.empty() || counted > lines ? 0 : lines - counted;
}

void ignore_noise(LogProposal& proposal) {
  static const RE2 kTrouble(R"re((?i)error|exception|traceback|panic|fatal|fail|caused by|^\s+at |^\s)re");
  const SourceTrial& trial = proposal.trial;
  const bool few = trial.rejected > 0 && trial.rejected * 20 <= trial.records;
  const bool json = proposal.choice.formats.size() == 1 && proposal.choice.formats.front().name == "json";
  const bool noise = std::none_of(trial.rejects.begin(), trial.rejects.end(), [](const std::string& line) {
    return line.starts_with('{') || RE2::PartialMatch(line, kTrouble);
  });
  if (few && json && noise && proposal.choice.container.empty()) {
    proposal.keys.emplace_back("ignore", "['^[^{]']");
    proposal.doubts.push_back(count_of(trial.rejected, "line that is no JSON is", "lines that are no JSON are") +
                              " ignored, such as `" + trial.rejects.front().substr(0, 80) + "`");
  }
}

void find_probes(LogProposal& proposal, const std::vector<SampledField>& fields) {
  static const RE2 kProbe(
      R"re((?i)(?:/[\w-]+)?/(?:-/)?(?:healthz?|livez?|liveness|readyz?|readiness|healthy|ping|metrics|healthcheck|health[-_]check)/?)re");
  for (const SampledField& field : fields) {
    if (field.text != proposal.roles.path) {
      continue;
    }
    for (const auto& [path, count] : field.facts.values()) {
      if (RE2::FullMatch(path, kProbe) && count * 100 >= field.facts.present()) {
        proposal.probes.emplace_back(path, count);
      }
    }
  }
}

void note_doubts(LogProposal& proposal) {
  proposal.doubts.insert(proposal.doubts.end(), proposal.choice.doubts.begin(), proposal.choice.doubts.end());
  const SourceTrial& trial = proposal.trial;
  if (proposal.choice.formats.empty()) {
    proposal.doubts.push_back(
        "no structure was found: every line is a record with nothing but a `message`; write a `pattern` with groups "
        "such as (?P<level>[A-Z]+)");
  }
  if (proposal.choice.container == "docker" && proposal.path_label == "container") {
    proposal.doubts.push_back(
        "the label `container` is what Docker's path says, the beginning of its id, which is another one after each "
        "`docker run`; containers with `--log-opt tag={{.Name}}` write their names, `container.attrs.tag`");
  }
  if (!proposal.choice.columns.empty()) {
    proposal.doubts.push_back(
        "the last of its rows is as new as the file, as if rows were appended, so it is read as a log, each row once; "
        "if "
        "it is written anew each time, `type = \"file\"` reads it as a whole");
  }
  if (!proposal.has_time) {
    proposal.doubts.push_back(reason_without_time(proposal.choice) + "their time is that of their arrival");
  }
  if (proposal.joined > trial.records) {
    proposal.doubts.push_back(std::to_string(proposal.joined) + " lines are further lines of its " +
                              count_of(trial.records, "record", "records") + "; check that they belong to them");
  }
  if (proposal.roles.latency && !proposal.roles.latency->doubt.empty()) {
    proposal.doubts.push_back("`" + proposal.roles.latency->field + "` is " + proposal.roles.latency->doubt);
  }
  if (trial.rejected * 100 > trial.records + trial.rejected) {
    proposal.doubts.push_back(count_of(trial.rejected, "line is no record", "lines are no records") + ", such as `" +
                              (trial.rejects.empty() ? "" : trial.rejects.front().substr(0, 80)) + "`");
  }
}

}  // namespace leeway
