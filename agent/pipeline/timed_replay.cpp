#include "agent/pipeline/timed_replay.h"

#include <algorithm>
#include <utility>

#include "agent/pipeline/collect_monitors.h"
#include "agent/pipeline/source_order.h"

namespace leeway {
namespace {

constexpr Budget kReplayBudget{std::size_t{64} << 10};
// Of records that have no time: before all others.
constexpr TimePoint kAtOnce = kNoTime;

// Whether records have times, not only the file that they are from.
bool has_own_times(const AssembledSource& source) {
  return source.definition->has_event_time() && !(source.has_file_versions && source.definition->time_field().empty());
}

}  // namespace

TimedReplay::Source::Source(AssembledSource& source, FileSystem& files)
    : assembled(&source),
      collector(source.definition->open(source.schema, files)),
      clock(source.definition->has_event_time(), source.allowed_lateness, source.allowed_future) {}

TimedReplay::TimedReplay(Assembly assembly, FileSystem& files, const Clock& clock)
    : assembly_(std::move(assembly)), clock_(clock) {
  for (const auto& source : assembly_.sources) {
    has_event_time_ = has_event_time_ || has_own_times(*source);
    auto opened = std::make_unique<Source>(*source, files);
    if (const std::optional<ReadOrder> order = read_order_of(*source)) {
      opened->collector->keep_order(*order);
    }
    opened->collector->set_time(clock.wall());
    opened->collector->set_monotonic_time(clock.monotonic());
    if (const Expected<void> found = opened->collector->discover(); !found) {
      ++opened->errors;
      errors_.push_back("source '" + source->name + "': " + found.error().to_string());
    }
    for (Feed& feed : source->feeds) {
      feed.merged = feed.monitor->merge_sources();
    }
    sources_.push_back(std::move(opened));
  }
}

// Reads on until there is something to give to monitors, or the end.
void TimedReplay::load(Source& source) {
  while (!source.loaded && !source.ended) {
    source.collector->set_monotonic_time(clock_.monotonic());
    const Expected<PollState> polled = source.finishing ? source.collector->finish(kReplayBudget, source.batch)
                                                        : source.collector->poll(kReplayBudget, source.batch);
    if (!polled) {
      ++source.errors;
      errors_.push_back("source '" + source.assembled->name + "': " + polled.error().to_string());
    }
    const bool has_content = polled && (source.batch.rows() != 0 || source.batch.file_version());
    source.loaded = has_content;
    source.next = 0;
    if (!polled || *polled != PollState::kMore) {
      source.ended = source.finishing;
      source.finishing = true;
    }
    take_notes(source);
    source.reported.reset();
  }
}

TimePoint TimedReplay::order_of(const Source& source, Row row) const {
  if (has_own_times(*source.assembled)) {
    const TimePoint time = row < source.batch.rows() ? source.batch.times()[row] : kNoTime;
    const TimePoint plausible = std::clamp(time, kFirstPlausible, kLastPlausible);
    const bool usable = time != kNoTime && plausible - clock_.wall() <= source.assembled->allowed_future;
    return usable ? plausible : kAtOnce;
  }
  const bool own_time = !has_event_time_ && source.batch.file_version();
  return own_time ? source.batch.file_version()->modified : kAtOnce;
}

TimePoint TimedReplay::first_order(const Source& source) const {
  for (Row row = source.next; row < source.batch.rows(); ++row) {
    if (const TimePoint time = order_of(source, row); time != kAtOnce) {
      return time;
    }
  }
  return order_of(source, static_cast<Row>(source.batch.rows()));
}

std::optional<TimePoint> TimedReplay::next_record() {
  std::optional<TimePoint> earliest;
  for (const auto& source : sources_) {
    load(*source);
    if (!source->loaded) {
      continue;
    }
    const TimePoint time = first_order(*source);
    if (time != kAtOnce && (!earliest || time < *earliest)) {
      earliest = time;
    }
  }
  return earliest;
}

bool TimedReplay::at_end() {
  return std::all_of(sources_.begin(), sources_.end(), [this](const std::unique_ptr<Source>& source) {
    load(*source);
    return !source->loaded;
  });
}

void TimedReplay::read_until(TimePoint time) {
  for (const auto& source : sources_) {
    load(*source);
    while (source->loaded) {
      Row end = source->next;
      while (end < source->batch.rows() && order_of(*source, end) <= time) {
        ++end;
      }
      // A batch without records begins or ends a version of a file.
      const bool whole = end == source->batch.rows() && (end != 0 || order_of(*source, 0) <= time);
      if (end > source->next || whole) {
        deliver(*source, end);
      }
      if (!whole) {
        break;
      }
      source->loaded = false;
      load(*source);
    }
    if (source->clock.watermark() != kNoTime && source->clock.watermark() < time) {
      for (const Feed& feed : source->assembled->feeds) {
        if (!feed.merged) {
          feed.monitor->advance(time);
        }
      }
    }
  }
  complete(time);
}

// Of all sources the records up to `time` were given to monitors.
void TimedReplay::complete(TimePoint time) {
  const TimePoint before = at_end() ? TimePoint::max() : time + Duration(1);
  for (const auto& source : sources_) {
    for (const Feed& feed : source->assembled->feeds) {
      if (feed.merged && source->clock.watermark() != kNoTime) {
        feed.monitor->complete(before);
        feed.monitor->advance(time);
      }
    }
  }
}

// The rows from `next` up to `end`.
void TimedReplay::deliver(Source& source, Row end) {
  RecordBatch& batch = source.batch;
  const Row first = std::exchange(source.next, end);
  if (first == 0 && end == batch.rows()) {
    observe(source, batch);
    return;
  }
  part_.reset(batch.columns());
  for (Row row = first; row < end; ++row) {
    const Row copy = part_.append(batch.times()[row], batch.ends()[row]);
    for (FieldId field = 0; field < batch.columns(); ++field) {
      part_.cell(field, copy) = batch.column(field)[row];
    }
  }
  if (batch.file_version()) {
    FileVersionPart version = *batch.file_version();
    version.first = version.first && first == 0;
    version.last = version.last && end == batch.rows();
    part_.set_file_version(version);
  }
  observe(source, part_);
}

void TimedReplay::observe(Source& source, RecordBatch& batch) {
  const TimePoint wall = batch.file_version() ? std::min(batch.file_version()->modified, clock_.wall()) : clock_.wall();
  source.clock.stamp(batch, source.assembled->definition->has_event_time() ? clock_.wall() : wall);
  source.records += batch.rows();
  for (const Feed& feed : source.assembled->feeds) {
    feed.monitor->settle();
    batch.set_input(feed.input);
    feed.monitor->observe(batch);
    if (source.clock.watermark() != kNoTime && !feed.merged) {
      feed.monitor->advance(source.clock.watermark());
    }
  }
  take_notes(source);
}

void TimedReplay::take_notes(Source& source) {
  for (const std::string& note : source.collector->take_notes()) {
    errors_.push_back("source '" + source.assembled->name + "': " + note);
  }
  for (const Feed& feed : source.assembled->feeds) {
    for (std::string& note : feed.monitor->take_notes()) {
      errors_.push_back(std::move(note));
    }
  }
}

void TimedReplay::collect(SnapshotBuilder& out) {
  AgentStatus& status = out.status();
  status.ready = true;
  for (const auto& source : sources_) {
    if (!source->reported) {
      source->collector->report(source->reported.emplace());
      source->reported->files.clear();
      source->reported->lag_bytes = 0;  // what is left was not written yet at that time
    }
    SourceStatus of_source = *source->reported;
    of_source.name = source->assembled->name;
    of_source.records = source->records;
    of_source.event_time = source->assembled->definition->has_event_time();
    of_source.late_records = source->clock.late_records();
    of_source.future_records = source->clock.future_records();
    of_source.poll_errors = source->errors;
    of_source.last_record = source->clock.watermark();
    status.sources.push_back(std::move(of_source));
    collect_monitors(*source->assembled, out, status);
  }
}

void TimedReplay::add_files(AgentStatus& status) const {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    SourceStatus whole;
    sources_[i]->collector->report(whole);
    status.sources[i].files = std::move(whole.files);
  }
}

std::vector<std::string> TimedReplay::sources_without_time() const {
  std::vector<std::string> names;
  for (const auto& source : sources_) {
    if (!has_own_times(*source->assembled)) {
      names.push_back(source->assembled->name);
    }
  }
  return names;
}

std::vector<std::string> TimedReplay::take_errors() { return std::exchange(errors_, {}); }

}  // namespace leeway
