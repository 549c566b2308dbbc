// RunLoop: what it writes into the agent's log of its sources, its state, and what is wrong.
#include <spdlog/spdlog.h>

#include "agent/pipeline/run_loop.h"
#include "agent/pipeline/source_line.h"

namespace leeway {
namespace {

spdlog::level::level_enum level_of(StatusLine::Level level) {
  switch (level) {
    case StatusLine::Level::kDebug:
      return spdlog::level::debug;
    case StatusLine::Level::kInfo:
      return spdlog::level::info;
    case StatusLine::Level::kWarning:
      return spdlog::level::warn;
  }
  return spdlog::level::warn;
}

}  // namespace

void RunLoop::use_report(const StateReport& report, TimePoint saved) {
  for (const std::string& note : report.notes) {
    spdlog::info("{}", note);
  }
  for (const std::string& warning : report.warnings) {
    spdlog::warn("{}", warning);
  }
  committer_.count_discarded(report.discarded);
  resumed_ = report.resumed;
  saved_ = saved;
}

// Before anything is read.
void RunLoop::log_sources() {
  const std::vector<SourceStatus> statuses = pipeline_->source_status();
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    const AssembledSource& source = *pipeline_->assembly().sources[i];
    const bool resumes = resumed_.contains(source.name);
    spdlog::info("{}", source_line(source, statuses[i], resumes ? std::optional(saved_) : std::nullopt, files_));
  }
}

void RunLoop::log_status() {
  logged_status_ = clock_.monotonic();
  if (stopping_) {
    log_.end();
  }
  for (const StatusLine& line : log_.look(latest()->status(), logged_status_)) {
    spdlog::log(level_of(line.level), "{}", line.text);
  }
  if (logged_status_ - minute_ >= CauseLimit::kInterval) {
    minute_ = logged_status_;
    pipeline_->renew_examples();
    for (const std::string& line : notes_.take_left_out(minute_)) {
      spdlog::warn("{}", line);
    }
  }
}

// What was counted within a minute of a line of its cause is told then, also if nothing is read any more.
void RunLoop::log_status_if_due() {
  if (clock_.monotonic() - logged_status_ >= CauseLimit::kInterval) {
    log_status();
  }
}

void RunLoop::log_notes() {
  for (const std::string& note : pipeline_->take_errors()) {
    if (const std::optional<std::string> line = notes_.pass(note, clock_.monotonic())) {
      spdlog::warn("{}", *line);
    }
  }
}

}  // namespace leeway
