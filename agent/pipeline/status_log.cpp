#include "agent/pipeline/status_log.h"

#include <utility>

namespace leeway {
namespace {

// Between two files of a log there may be none for a moment.
constexpr Duration kWithoutFile = std::chrono::minutes(1);
// The first lines of a log may be a banner.
constexpr Duration kWithoutRecord = std::chrono::minutes(1);
constexpr std::uint64_t kManyRejects = 100;
// Thresholds of hundreds of columns take a minute.
constexpr std::uint64_t kManyComputations = 50;

}  // namespace

std::vector<StatusLine> StatusLog::look(const AgentStatus& status, MonotonicTime now) {
  lines_.clear();
  now_ = now;
  look_at_files(status);
  for (const SourceStatus& source : status.sources) {
    look_at_matches(source, now);
    look_at_rejects(source, now);
    look_at_counts(source);
  }
  for (const MetricStatus& metric : status.metrics) {
    look_at_mistakes(metric);
    look_at_computations(metric);
    look_at_counts(metric);
  }
  if (limit_.held_back()) {
    warn("more than " + std::to_string(CauseLimit::kMostInInterval) +
         " causes of such messages in a minute: the others follow later; /api/v1/status has all counts");
  }
  return std::move(lines_);
}

void StatusLog::begin(const AgentStatus& status) {
  begins_ = true;
  for (const SourceStatus& source : status.sources) {
    look_at_counts(source);
  }
  for (const MetricStatus& metric : status.metrics) {
    look_at_counts(metric);
  }
  begins_ = false;
}

bool StatusLog::end(Lacks& lacks, const std::string& source) {
  const Lacks::node_type lack = lacks.extract(source);
  return !lack.empty() && lack.mapped().told;
}

void StatusLog::look_at_files(const AgentStatus& status) {
  std::map<std::string, std::string> unreadable;
  std::set<std::string> readable;
  for (const SourceStatus& source : status.sources) {
    for (const FileStatus& file : source.files) {
      const std::string title = "source '" + source.name + "': '" + file.path + "' is ";
      if (file.state == "unreadable") {
        unreadable.emplace(title + "not read: " + file.error, title);
      } else {
        readable.insert(title);
      }
    }
  }
  for (const auto& [sentence, title] : unreadable_) {
    if (!unreadable.contains(sentence) && readable.contains(title)) {
      if (std::optional<std::string> line = unreadable_lines_.pass(title + "read again", now_)) {
        inform(std::move(*line));
      }
    }
  }
  for (const auto& [sentence, title] : unreadable) {
    if (!unreadable_.contains(sentence)) {
      if (std::optional<std::string> line = unreadable_lines_.pass(sentence, now_)) {
        warn(std::move(*line));
      }
    }
  }
  unreadable_ = std::move(unreadable);
}

void StatusLog::look_at_matches(const SourceStatus& source, MonotonicTime now) {
  if (!source.matching_files) {
    return;
  }
  if (*source.matching_files == 0) {
    Lack& lack = without_file_.try_emplace(source.name, Lack{now}).first->second;
    const bool matched = matched_.contains(source.name);
    if ((!matched || now - lack.since >= kWithoutFile) && !std::exchange(lack.told, true)) {
      warn("source '" + source.name + "': no file matches " + source.paths + (matched ? " any more" : " yet"));
    }
    return;
  }
  matched_.insert(source.name);
  if (end(without_file_, source.name)) {
    const bool one = *source.matching_files == 1;
    inform("source '" + source.name + "': " + std::to_string(*source.matching_files) +
           (one ? " file matches " : " files match ") + source.paths + " now");
  }
}

void StatusLog::look_at_rejects(const SourceStatus& source, MonotonicTime now) {
  if (source.records != 0) {
    if (end(without_record_, source.name)) {
      inform("source '" + source.name + "': the first of its lines is a record");
    }
    return;
  }
  std::uint64_t rejects = 0;
  const ReasonCounts::value_type* most = nullptr;
  for (const ReasonCounts::value_type& reason : source.rejects) {
    rejects += reason.second;
    most = most == nullptr || reason.second > most->second ? &reason : most;
  }
  if (most == nullptr || rejects == 0) {
    return;
  }
  Lack& lack = without_record_.try_emplace(source.name, Lack{now}).first->second;
  if ((rejects >= kManyRejects || now - lack.since >= kWithoutRecord) && !std::exchange(lack.told, true)) {
    warn("source '" + source.name + "': none of its " + std::to_string(rejects) +
         " lines is a record, most for the reason " + most->first +
         ": nothing is counted; the last ones are at /api/v1/unmatched");
  }
}

void StatusLog::look_at_mistakes(const MetricStatus& metric) {
  if (metric.mismatches.comparisons != 0 && mismatched_.insert(metric.name).second) {
    warn(metric.name + ": " + metric.mismatches.example +
         ": these are never equal, nor is one less than the other; convert one of them, as in string(x) or int(x)");
  }
  if (metric.sum_left_out && without_sum_.insert(metric.name).second) {
    warn(metric.name +
         " had a negative value: it has no _sum from now on, which would not be a counter; expected a bucket bound "
         "below 0, or a `when` that leaves such values out");
  }
}

void StatusLog::look_at_computations(const MetricStatus& metric) {
  if (metric.computing >= kManyComputations && computing_.insert(metric.name).second) {
    inform(metric.name + ": thresholds of " + std::to_string(metric.computing) +
           " columns are being computed, with low priority; its results follow");
  } else if (metric.computing == 0 && computing_.erase(metric.name) != 0) {
    inform(metric.name + ": all thresholds are computed");
  }
}

}  // namespace leeway
