#include "agent/pipeline/pipeline.h"

#include <algorithm>

#include "agent/pipeline/collect_monitors.h"
#include "agent/pipeline/source_order.h"

namespace leeway {
namespace {

// Whoever waits for the writer, a scrape or a signal, waits for about one step.
constexpr Duration kLongestStep = std::chrono::milliseconds(50);
constexpr Duration kLongestPoll = std::chrono::milliseconds(20);
constexpr std::size_t kSmallestBudget = std::size_t{16} << 10;  // bytes

}  // namespace

Pipeline::Pipeline(Assembly assembly, FileSystem& files, const Clock& clock, PipelineOptions options)
    : assembly_(std::move(assembly)), files_(files), clock_(clock), options_(options) {
  for (const auto& source : assembly_.sources) {
    sources_.push_back(
        {source.get(), nullptr,
         EventClock(source->definition->has_event_time(), source->allowed_lateness, source->allowed_future)});
    open(sources_.back());
    if (options_.until && !source->definition->has_event_time()) {
      errors_.push_back("source '" + source->name + "' has no `time`: all of its records are read, whatever the end");
    }
    if (options_.background != nullptr) {
      for (AssembledMonitor& entry : source->monitors) {
        entry.monitor->set_background(*options_.background);
      }
    }
  }
  find_beside();
}

void Pipeline::open(Source& source) {
  source.collector = source.assembled->definition->open(source.assembled->schema, files_);
  if (const std::optional<ReadOrder> order = read_order_of(*source.assembled)) {
    source.collector->keep_order(*order);
  }
  if (options_.until) {
    source.collector->leave_out_after(*options_.until);
  }
  if (wake_) {
    source.collector->set_wake(wake_);
  }
}

void Pipeline::set_wake(const std::function<void()>& wake) {
  wake_ = wake;
  for (Source& source : sources_) {
    source.collector->set_wake(wake);
  }
}

Expected<void> Pipeline::begin_receiving() {
  for (Source& source : sources_) {
    if (const Expected<void> started = source.collector->begin_receiving(); !started) {
      return started.error().with_prefix("source '" + source.assembled->name + "'");
    }
  }
  return {};
}

void Pipeline::end_receiving() {
  for (Source& source : sources_) {
    source.collector->end_receiving();
  }
}

void Pipeline::discover() {
  for (Source& source : sources_) {
    source.collector->set_time(clock_.wall());
    source.collector->set_monotonic_time(clock_.monotonic());
    if (const Expected<void> done = source.collector->discover(); !done) {
      note_error(source, done.error());
    }
  }
}

bool Pipeline::columns_appeared() {
  bool appeared = false;
  for (const auto& source : assembly_.sources) {
    if (!source->awaited) {
      continue;
    }
    std::string newest = source->definition->newest_version(files_);
    appeared = appeared || (newest != *source->awaited && !newest.empty());
    source->awaited = std::move(newest);
  }
  return appeared;
}

PollState Pipeline::step(Budget budget) {
  const MonotonicTime enough = clock_.monotonic() + kLongestStep;
  while (next_source_ < sources_.size()) {
    const PollState polled = poll(sources_[next_source_++], budget);
    if (polled == PollState::kMore || state_ == PollState::kIdle) {
      state_ = polled;
    }
    if (next_source_ < sources_.size() && clock_.monotonic() >= enough) {
      return PollState::kMore;
    }
  }
  next_source_ = 0;
  return std::exchange(state_, PollState::kIdle);
}

PollState Pipeline::poll(Source& source, Budget budget) {
  bool full = false;
  for (const Feed& feed : source.assembled->feeds) {
    dirty_ = feed.monitor->settle() || dirty_;
    full = full || feed.monitor->is_full();
    take_notes(*feed.monitor);
  }
  if (full && source.assembled->definition->exclusive_input().empty()) {
    return PollState::kWaiting;
  }
  const Budget allowed{std::min(budget.bytes, source.most.bytes), may_read_until(source)};
  if (source.collector->unread_from().value_or(kNoTime) > allowed.until) {
    return PollState::kWaiting;
  }
  const MonotonicTime started = clock_.monotonic();
  source.collector->set_monotonic_time(started);
  const PollState polled = apply(source, source.collector->poll(allowed, batch_));
  take_notes(source);
  const Duration taken = clock_.monotonic() - started;
  if (taken > kLongestPoll) {
    source.most.bytes = std::max(kSmallestBudget, allowed.bytes / 2);
  } else if (taken < kLongestPoll / 4 && source.most.bytes < budget.bytes) {
    source.most.bytes *= 2;
  }
  return polled;
}

// Whether finish() has something to read of it.
bool Pipeline::has_rest(const Source& source, bool unfinished_lines) const {
  return unfinished_lines || source.assembled->has_file_versions ||
         !source.assembled->definition->exclusive_input().empty();
}

void Pipeline::finish(Budget budget, bool unfinished_lines) {
  for (Source& source : sources_) {
    if (!has_rest(source, unfinished_lines)) {
      continue;
    }
    while (apply(source, source.collector->finish(budget, batch_)) == PollState::kMore) {
    }
  }
}

std::set<std::string> Pipeline::read_sample(const std::function<void()>& begin,
                                            const std::function<bool(const SourceStatus&)>& enough) {
  const auto look = [this](Source& source) {
    source.collector->set_time(clock_.wall());
    source.collector->set_monotonic_time(clock_.monotonic());
    static_cast<void>(source.collector->discover());
  };
  begin_merging();
  const auto is_stream = [](const Source& source) { return !source.assembled->definition->exclusive_input().empty(); };
  for (Source& source : sources_) {
    if (!is_stream(source) && !source.assembled->has_file_versions) {
      look(source);
      static_cast<void>(apply(source, source.collector->poll({kSmallestBudget}, batch_)));
    }
  }
  begin();
  std::set<std::string> ended;
  for (Source& source : sources_) {
    for (const Feed& feed : source.assembled->feeds) {
      take_notes(*feed.monitor);
    }
    if (!is_stream(source)) {
      look(source);
      if (sample(source, enough)) {
        ended.insert(source.assembled->name);
      }
      take_notes(source);
    }
    source.ended = true;
    complete_merges(source);
  }
  return ended;
}

bool Pipeline::sample(Source& source, const std::function<bool(const SourceStatus&)>& enough) {
  constexpr Budget kStep{std::size_t{256} << 10};
  const auto read = [&](auto next) {
    PollState state = PollState::kMore;
    while (state == PollState::kMore && !enough(status_of(source))) {
      state = apply(source, next());
    }
    return state == PollState::kIdle;
  };
  return (source.assembled->has_file_versions || read([&] { return source.collector->poll(kStep, batch_); })) &&
         read([&] { return source.collector->finish(kStep, batch_); });
}

// Gives the records that a collector has put into batch_ to the monitors of its source.
PollState Pipeline::apply(Source& source, const Expected<PollState>& polled) {
  if (!polled) {
    note_error(source, polled.error());
    return PollState::kIdle;
  }
  if (batch_.rows() != 0 || *polled == PollState::kMore) {
    dirty_ = true;
  }
  if (batch_.rows() != 0 || batch_.file_version()) {
    source.clock.stamp(batch_, clock_.wall());
    for (const Feed& feed : source.assembled->feeds) {
      batch_.set_input(feed.input);
      feed.monitor->observe(batch_);
      if (source.clock.watermark() != kNoTime && !feed.merged) {
        feed.monitor->advance(source.clock.watermark());
      }
      take_notes(*feed.monitor);
    }
  }
  if (*polled == PollState::kIdle) {
    // Where it was first idle is a position too: `start = "end"` counts from there on.
    dirty_ = dirty_ || !source.caught_up;
    source.caught_up = true;
  }
  return *polled;
}

void Pipeline::advance() {
  const TimePoint wall = clock_.wall();
  for (Source& source : sources_) {
    const TimePoint now = source.clock.idle(wall);
    if (now == kNoTime) {
      continue;
    }
    for (const Feed& feed : source.assembled->feeds) {
      feed.monitor->advance(now);
    }
  }
}

void Pipeline::pass(Duration time) {
  TimePoint newest = kNoTime;
  for (const Source& source : sources_) {
    newest = std::max(newest, source.clock.watermark());
  }
  for (const Source& source : sources_) {
    if (source.clock.watermark() != kNoTime) {
      for (const Feed& feed : source.assembled->feeds) {
        feed.monitor->advance(newest + time);
      }
    }
  }
}

void Pipeline::take_notes(Monitor& monitor) {
  for (std::string& note : monitor.take_notes()) {
    errors_.push_back(std::move(note));
  }
}

void Pipeline::take_notes(Source& source) {
  for (const std::string& note : source.collector->take_notes()) {
    errors_.push_back("source '" + source.assembled->name + "': " + note);
    dirty_ = true;
  }
}

void Pipeline::note_error(Source& source, const Error& error) {
  ++source.poll_errors;
  dirty_ = true;
  std::string message = "source '" + source.assembled->name + "': " + error.to_string();
  if (message != source.last_error) {
    source.last_error = message;
    errors_.push_back(std::move(message));
  }
}

SourceStatus Pipeline::status_of(const Source& source) const {
  SourceStatus status;
  source.collector->report(status);
  status.name = source.assembled->name;
  status.event_time = source.assembled->definition->has_event_time();
  status.late_records = source.clock.late_records();
  status.future_records = source.clock.future_records();
  status.late_example = source.clock.late_example();
  status.future_example = source.clock.future_example();
  status.poll_errors = source.poll_errors;
  status.last_record = source.clock.watermark();
  return status;
}

void Pipeline::collect(SnapshotBuilder& out) const {
  AgentStatus& status = out.status();
  status.ready = caught_up();
  if (!assembly_.settings.created_samples) {
    out.leave_out_created();
  }
  for (const Source& source : sources_) {
    status.sources.push_back(status_of(source));
    collect_monitors(*source.assembled, out, status);
  }
}

void Pipeline::renew_examples() {
  for (Source& source : sources_) {
    for (AssembledMonitor& entry : source.assembled->monitors) {
      if (entry.skipped != nullptr) {
        entry.skipped->renew();
      }
    }
  }
}

bool Pipeline::caught_up() const {
  return std::all_of(sources_.begin(), sources_.end(), [](const Source& source) { return source.caught_up; });
}

std::vector<std::string> Pipeline::watch_directories() const {
  std::vector<std::string> directories;
  for (const Source& source : sources_) {
    const std::vector<std::string> more = source.collector->watch_directories();
    directories.insert(directories.end(), more.begin(), more.end());
  }
  std::sort(directories.begin(), directories.end());
  directories.erase(std::unique(directories.begin(), directories.end()), directories.end());
  return directories;
}

std::vector<SourceStatus> Pipeline::source_status() const {
  std::vector<SourceStatus> result;
  for (const Source& source : sources_) {
    result.push_back(status_of(source));
  }
  return result;
}

std::vector<std::string> Pipeline::take_errors() { return std::exchange(errors_, {}); }

}  // namespace leeway
