#include "agent/init/silent_lines.h"

#include <re2/re2.h>

#include <algorithm>
#include <functional>

#include "agent/core/private_text.h"
#include "agent/init/line_tries.h"
#include "agent/init/request_formats.h"
#include "agent/init/sample_lines.h"

namespace leeway {
namespace {

constexpr std::size_t kLookedAt = 2000;

struct Found {
  std::size_t count = 0;
  std::string line{};  // the first one
};

Found find(const std::vector<std::string>& lines, const std::function<bool(const std::string&)>& tells) {
  Found found;
  for (const std::string& line : lines) {
    const bool is = tells(line);
    found.line = is && found.count == 0 ? line : found.line;
    found.count += is ? 1 : 0;
  }
  return found;
}

std::string example(const std::string& line) {
  constexpr std::size_t kLongest = 80;
  return "`" + hide_private(line).substr(0, kLongest) + "`";
}

void note_levels(LogProposal& proposal, const std::vector<std::string>& lines) {
  static const RE2 kLevel(R"re(\b((?:ERROR|WARN|WARNING|FATAL|CRITICAL|SEVERE)\b|\b(?:error|warning): ))re");
  const Found found = find(lines, [](const std::string& line) { return RE2::PartialMatch(line, kLevel); });
  std::string word;
  if (is_worth(found.count, lines.size()) && RE2::PartialMatch(found.line, kLevel, &word)) {
    word.resize(word.find_last_not_of(": ") + 1);
    proposal.doubts.push_back("its lines hold words of levels, such as `" + word +
                              "`, but no level was found, so no alert on errors is proposed: write a `pattern` with "
                              "{level:word}");
  }
}

void note_requests(LogProposal& proposal, const std::vector<std::string>& lines) {
  const Found found = find(lines, tells_of_request);
  if (is_worth(found.count, lines.size())) {
    proposal.doubts.push_back(std::to_string(found.count * 100 / lines.size()) +
                              " % of its lines tell of requests, but no status was found, so they are not counted as "
                              "such: write a `pattern` with {status:int} for lines such as " +
                              example(found.line));
  }
}

void note_durations(LogProposal& proposal, const std::vector<std::string>& lines) {
  static const RE2 kDuration(R"re((?:^|[\s=("':])\d+(?:\.\d+)? ?(?:ns|us|µs|ms|s)\b)re");
  const Found found = find(lines, [](const std::string& line) { return RE2::PartialMatch(line, kDuration); });
  if (found.count > 0 && found.count * 5 >= lines.size()) {
    proposal.doubts.push_back(std::to_string(found.count * 100 / lines.size()) +
                              " % of its lines hold a duration, but no histogram is proposed: write a `pattern` with "
                              "{took:duration} for lines such as " +
                              example(found.line));
  }
}

}  // namespace

void note_silent_lines(LogProposal& proposal, const LogSample& sample) {
  const std::vector<std::string> lines = spread(lines_of(sample.text), kLookedAt);
  if (!proposal.roles.level) {
    note_levels(proposal, lines);
  }
  if (!proposal.roles.status) {
    note_requests(proposal, lines);
  }
  const bool histogram = std::any_of(proposal.numbers.begin(), proposal.numbers.end(), [](const TextNumber& number) {
    return number.kind == TextNumber::Kind::kDuration;
  });
  if (!proposal.roles.latency && !histogram) {
    note_durations(proposal, lines);
  }
}

}  // namespace leeway
