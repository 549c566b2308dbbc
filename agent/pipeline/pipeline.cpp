#include "agent/pipeline/pipeline.h"

#include <algorithm>
#include <set>

namespace leeway {
namespace {

// Saved state of a source: the pipeline's part, then the collector's. Positions are matched by file identity, so a
// source has no definition hash: with another glob or format, reading continues where it was.
constexpr std::string_view kSourceKind = "source";
constexpr std::uint32_t kSectionVersion = 1;

const CheckpointSection* find_section(const Checkpoint& checkpoint, std::string_view kind, std::string_view name) {
  for (const CheckpointSection& section : checkpoint.sections) {
    if (section.kind == kind && section.name == name) {
      return &section;
    }
  }
  return nullptr;
}

}  // namespace

Pipeline::Pipeline(Assembly assembly, FileSystem& files, const Clock& clock, PipelineOptions options)
    : assembly_(std::move(assembly)), clock_(clock) {
  for (const auto& source : assembly_.sources) {
    sources_.push_back(
        {source.get(), source->definition->open(source->schema, files),
         EventClock(source->definition->has_event_time(), source->allowed_lateness, source->allowed_future)});
    if (!options.until) {
      continue;
    }
    sources_.back().collector->leave_out_after(*options.until);
    if (!source->definition->has_event_time()) {
      errors_.push_back("source '" + source->name + "' has no `time`: all of its records are read, whatever the end");
    }
  }
}

std::vector<std::string> Pipeline::load(const Checkpoint& checkpoint) {
  std::vector<std::string> notes;
  std::set<const CheckpointSection*> used;
  for (Source& source : sources_) {
    if (const CheckpointSection* section = find_section(checkpoint, kSourceKind, source.assembled->name)) {
      used.insert(section);
      load_source(source, *section, notes);
    }
    for (AssembledMonitor& entry : source.assembled->monitors) {
      const std::string title = "[[" + entry.section + "]] '" + entry.name + "'";
      const CheckpointSection* section = find_section(checkpoint, entry.section, entry.name);
      if (section == nullptr) {
        notes.push_back(title + " is new: it starts with the next record");
        continue;
      }
      used.insert(section);
      if (section->definition != entry.definition || section->version != kSectionVersion) {
        notes.push_back(title + " starts afresh: its definition changed");
        continue;
      }
      StateReader in(section->bytes);
      if (const Expected<void> loaded = entry.monitor->load(in); !loaded) {
        notes.push_back(title + " starts afresh: " + loaded.error().message);
      }
    }
  }
  for (const CheckpointSection& section : checkpoint.sections) {
    if (!used.contains(&section)) {
      notes.push_back("[[" + section.kind + "]] '" + section.name + "' is gone from the configuration: state dropped");
    }
  }
  return notes;
}

void Pipeline::load_source(Source& source, const CheckpointSection& section, std::vector<std::string>& notes) {
  StateReader in(section.bytes);
  source.clock.load(in);
  source.poll_errors = in.u64();
  StateReader collector_state(in.text());
  Expected<void> loaded = in.expect_end();
  if (loaded) {
    loaded = source.collector->load(collector_state);
  }
  if (!loaded) {
    notes.push_back("[[source]] '" + section.name + "' starts afresh: " + loaded.error().message);
  }
}

void Pipeline::inherit_open_files(Pipeline& predecessor) {
  for (Source& source : sources_) {
    for (Source& before : predecessor.sources_) {
      if (before.assembled->name == source.assembled->name) {
        source.collector->inherit_open_files(*before.collector);
      }
    }
  }
}

Checkpoint Pipeline::save() const {
  Checkpoint checkpoint;
  checkpoint.taken = clock_.wall();
  for (const Source& source : sources_) {
    StateWriter collector_state;
    source.collector->save(collector_state);
    StateWriter out;
    source.clock.save(out);
    out.u64(source.poll_errors);
    out.text(collector_state.bytes());
    checkpoint.sections.push_back({std::string(kSourceKind), source.assembled->name, 0, kSectionVersion, out.take()});
    for (const AssembledMonitor& entry : source.assembled->monitors) {
      StateWriter state;
      entry.monitor->save(state);
      checkpoint.sections.push_back({entry.section, entry.name, entry.definition, kSectionVersion, state.take()});
    }
  }
  return checkpoint;
}

void Pipeline::set_wake(const std::function<void()>& wake) {
  for (Source& source : sources_) {
    source.collector->set_wake(wake);
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

PollState Pipeline::step(Budget budget) {
  PollState state = PollState::kIdle;
  for (Source& source : sources_) {
    source.collector->set_monotonic_time(clock_.monotonic());
    const PollState polled = apply(source, source.collector->poll(budget, batch_));
    for (const std::string& note : source.collector->take_notes()) {
      errors_.push_back("source '" + source.assembled->name + "': " + note);
      dirty_ = true;
    }
    if (polled == PollState::kMore || state == PollState::kIdle) {
      state = polled;
    }
  }
  return state;
}

void Pipeline::finish(Budget budget, bool unfinished_lines) {
  for (Source& source : sources_) {
    if (!source.assembled->has_file_versions && !unfinished_lines) {
      continue;
    }
    while (apply(source, source.collector->finish(budget, batch_)) == PollState::kMore) {
    }
  }
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
    for (AssembledMonitor& entry : source.assembled->monitors) {
      entry.monitor->observe(batch_);
      if (source.clock.watermark() != kNoTime) {
        entry.monitor->advance(source.clock.watermark());
      }
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
    for (AssembledMonitor& entry : source.assembled->monitors) {
      entry.monitor->advance(now);
    }
  }
}

void Pipeline::note_error(Source& source, const Error& error) {
  ++source.poll_errors;
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
  status.late_records = source.clock.late_records();
  status.future_records = source.clock.future_records();
  status.poll_errors = source.poll_errors;
  status.last_record = source.clock.watermark();
  return status;
}

void Pipeline::collect(SnapshotBuilder& out) const {
  AgentStatus& status = out.status();
  status.ready = caught_up();
  for (const Source& source : sources_) {
    status.sources.push_back(status_of(source));
    for (const AssembledMonitor& entry : source.assembled->monitors) {
      entry.monitor->collect(out);
      entry.monitor->report(status.metrics);
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
