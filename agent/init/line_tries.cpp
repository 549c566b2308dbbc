#include "agent/init/line_tries.h"

#include <re2/re2.h>

#include <algorithm>
#include <chrono>

#include "agent/init/sample_lines.h"
#include "agent/init/source_trial.h"

namespace leeway {

namespace {

// A small number is no time, though it could be one since the epoch.
bool is_time_of_log(TimePoint time) { return time != kNoTime && time.time_since_epoch() > std::chrono::years(10); }

}  // namespace

LineTries::LineTries(const std::vector<std::string>& lines) : lines_(lines), open_(lines.size(), true) {
  for (const std::string& line : lines) {
    ends_.emplace(text_.size() + line.size() + 1, ends_.size());
    text_ += line + "\n";
  }
}

std::size_t LineTries::open() const { return static_cast<std::size_t>(std::count(open_.begin(), open_.end(), true)); }

std::vector<std::string> LineTries::open_lines() const {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (open_[i]) {
      lines.push_back(lines_[i]);
    }
  }
  return lines;
}

std::vector<std::size_t> LineTries::read_by(const FormatCandidate& candidate) const {
  std::vector<std::size_t> read;
  const RE2 looks(candidate.looks.empty() ? "" : candidate.looks);
  const bool pairs = candidate.name == "logfmt";
  FieldId level = 0;
  const auto prepare = [&](Schema& schema) { level = schema.intern(FieldPath{{std::string("level")}}); };
  const auto see = [&](const RecordBatch& batch) {
    for (Row row = 0; row < batch.rows(); ++row) {
      const auto found = ends_.find(batch.ends()[row]);
      if (found == ends_.end() || !open_[found->second] || (candidate.timed && !is_time_of_log(batch.times()[row]))) {
        continue;
      }
      const std::string& line = lines_[found->second];
      const Value& value = batch.column(level)[row];
      const bool structured = candidate.keys.front().second == "\"json\"" || pairs;
      // A level that is a number or null is none, in text.
      if (!structured && value.kind != ValueKind::kMissing &&
          (value.kind != ValueKind::kString || !is_level_word(value.string()))) {
        continue;
      }
      if ((!pairs || is_pairs(line)) && (candidate.looks.empty() || RE2::PartialMatch(line, looks))) {
        read.push_back(found->second);
      }
    }
  };
  // Of lines without a year, this is the latest.
  constexpr TimePoint kSomeTime{std::chrono::sys_days(std::chrono::year(2026) / 12 / 31)};
  static_cast<void>(try_source(candidate.keys, {text_, kSomeTime}, prepare, see));
  return read;
}

double LineTries::share_read_by(const FormatCandidate& candidate) const {
  return static_cast<double>(read_by(candidate).size()) / static_cast<double>(lines_.size());
}

void LineTries::take(const std::vector<std::size_t>& read) {
  for (const std::size_t line : read) {
    open_[line] = false;
  }
}

bool is_worth(std::size_t read, std::size_t lines) { return read > 0 && read * 100 >= lines; }

}  // namespace leeway
