// Lines that were added to the record of a line before.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "agent/sampling/findings.h"

namespace leeway {
namespace {

constexpr std::uint64_t kFewLines = 50;
constexpr std::uint64_t kManyLines = 10;      // of a record, on average
constexpr std::uint64_t kTooManyLines = 100;  // likewise, also of lines that are indented

// What begins the further lines of a trace, or of what a program prints over several lines.
bool goes_on(std::string_view line) {
  static const re2::RE2 further(
      R"(^(\s|$|[\])}>|+-]|\.\.\.|Caused by|Traceback |During handling|The above exception|Suppressed:|[\w.$]+(Error|Exception|Warning|Exit|Interrupt)\b))");
  return re2::RE2::PartialMatch({line.data(), line.size()}, further);
}

struct LineCounts {
  std::uint64_t further = 0;  // that look as if they went on
  std::string other{};        // the last one that does not
};

LineCounts count_lines(std::string_view text) {
  LineCounts counts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (goes_on(line)) {
      ++counts.further;
    } else {
      counts.other = line;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return counts;
}

}  // namespace

void add_join_findings(const DataSample& sample, std::vector<Finding>& out) {
  for (const SampledSource& sampled : sample.sources()) {
    const std::uint64_t joined = sampled.status.joined;
    // Where most of the file was no record either, that is said.
    const auto late = sampled.status.rejects.find("late_continuation");
    const bool is_said = late != sampled.status.rejects.end() && late->second > joined;
    if (sampled.stream || !sampled.newest || joined < kFewLines || is_said) {
      continue;
    }
    const std::uint64_t records = std::max<std::uint64_t>(1, sampled.status.records);
    const LineCounts lines = count_lines(sample.text_of(sampled));
    // Lines of a container's log begin with its time, or are JSON.
    const bool wrapped = sampled.table != nullptr && sampled.table->find("container") != nullptr;
    const std::uint64_t flush = wrapped ? 0 : joined - std::min(joined, lines.further);
    const bool most = 2 * flush > joined && joined > kManyLines * records;
    if (most || joined > kTooManyLines * records) {
      out.push_back(
          {Weight::kWarning, sampled.position_of("multiline"),
           fmt::format("{}{} lines were added to {} record{}{}; expected a `multiline` that knows where records begin, "
                       "or a `format` that reads these lines",
                       sampled.title(), joined, sampled.status.records, sampled.status.records == 1 ? "" : "s",
                       most ? fmt::format(", most of them neither indented nor part of a trace, so they seem to be "
                                          "records themselves")
                            : "")});
    }
  }
}

}  // namespace leeway
