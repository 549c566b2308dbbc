// Saving and loading of a Pipeline. A checkpoint holds, source by source, the section of the source and then those of
// its monitors.
#include <algorithm>
#include <span>

#include "agent/pipeline/pipeline.h"

namespace leeway {
namespace {

// Saved state of a source: the pipeline's part, then the collector's. Positions are matched by file identity, so a
// source has no definition hash: with another glob or format, reading continues where it was.
constexpr std::string_view kSourceKind = "source";
constexpr std::uint32_t kSourceVersion = 1;
constexpr std::size_t kLargestSection = std::size_t{256} << 20;  // bytes

// The sections of one source: its own is the first.
using SavedSource = std::span<const CheckpointSection>;

SavedSource find_source(const Checkpoint& checkpoint, std::string_view name) {
  const std::vector<CheckpointSection>& all = checkpoint.sections;
  const auto is_source = [](const CheckpointSection& section) { return section.kind == kSourceKind; };
  const auto begin =
      std::find_if(all.begin(), all.end(), [&](const CheckpointSection& s) { return is_source(s) && s.name == name; });
  const auto end = begin == all.end() ? begin : std::find_if(begin + 1, all.end(), is_source);
  return {begin, end};
}

std::string title_of(std::string_view kind, std::string_view name) {
  return "[[" + std::string(kind) + "]] '" + std::string(name) + "'";
}

const CheckpointSection* find_section(SavedSource sections, std::string_view kind, std::string_view name) {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const CheckpointSection& section) {
    return section.kind == kind && section.name == name;
  });
  return found == sections.end() ? nullptr : &*found;
}

}  // namespace

StateReport Pipeline::load(const Checkpoint& checkpoint) {
  StateReport report;
  const std::set<std::string> afresh = load_sources(checkpoint, report);
  std::set<const CheckpointSection*> known;
  for (Source& source : sources_) {
    const SavedSource saved = find_source(checkpoint, source.assembled->name);
    if (!saved.empty() && afresh.contains(source.assembled->name)) {
      std::transform(saved.begin(), saved.end(), std::inserter(known, known.end()),
                     [](const CheckpointSection& section) { return &section; });
      continue;
    }
    if (!saved.empty()) {
      known.insert(&saved.front());
    }
    for (AssembledMonitor& entry : source.assembled->monitors) {
      const CheckpointSection* section = find_section(saved, entry.section, entry.name);
      known.insert(section);
      load_monitor(entry, section, checkpoint.parts, afresh, report);
    }
  }
  for (const CheckpointSection& section : checkpoint.sections) {
    if (!known.contains(&section)) {
      report.discard(kDiscardedChanged,
                     title_of(section.kind, section.name) +
                         " is gone from the configuration, or from its source: its state is not used, and "
                         "dropped with the next checkpoint");
    }
  }
  return report;
}

std::set<std::string> Pipeline::load_sources(const Checkpoint& checkpoint, StateReport& report) {
  std::set<std::string> afresh;
  for (Source& source : sources_) {
    const std::string& name = source.assembled->name;
    const SavedSource saved = find_source(checkpoint, name);
    if (saved.empty()) {
      report.notes.push_back(title_of(kSourceKind, name) + " is new: it and what is computed from it start afresh");
    }
    if (saved.empty() || !load_source(source, saved.front(), report)) {
      afresh.insert(name);
    } else {
      report.resumed.insert(name);
    }
  }
  return afresh;
}

void Pipeline::load_monitor(AssembledMonitor& entry, const CheckpointSection* section, const StateParts& parts,
                            const std::set<std::string>& afresh, StateReport& report) {
  const std::string title = title_of(entry.section, entry.name);
  if (section == nullptr) {
    report.notes.push_back(title + " is new: it starts with the next record");
    return;
  }
  if (section->definition != entry.definition && section->definition != entry.definition_before) {
    report.discard(kDiscardedChanged, title + " starts afresh: its definition changed");
    return;
  }
  const auto other = std::find_if(entry.more_sources.begin(), entry.more_sources.end(),
                                  [&afresh](const AssembledSource* source) { return afresh.contains(source->name); });
  if (other != entry.more_sources.end()) {
    report.discard(kDiscardedChanged, title + " starts afresh: its " + title_of(kSourceKind, (*other)->name) + " does");
    return;
  }
  if (section->version > entry.monitor->state_version()) {
    report.discard(kDiscardedNewer, title + " starts afresh: its state was written by a later release");
    return;
  }
  if (section->version == 0) {
    report.discard(kDiscardedTooLarge, title + " starts afresh: its state was too large to be saved");
    return;
  }
  StateReader in(section->bytes, section->version, &parts);
  if (const Expected<void> loaded = entry.monitor->load(in); !loaded) {
    report.discard(kDiscardedDamaged, title + " starts afresh: " + loaded.error().message);
  }
}

// False if the source starts from the beginning.
bool Pipeline::load_source(Source& source, const CheckpointSection& section, StateReport& report) {
  const std::string title = title_of(kSourceKind, section.name);
  StateReader in(section.bytes);
  EventClock clock = source.clock;
  clock.load(in);
  const std::uint64_t poll_errors = in.u64();
  StateReader collector_state(in.text());
  Expected<void> loaded = in.expect_end();
  if (section.version > kSourceVersion) {
    loaded = Error{ErrorCode::kNewerVersion, "its state was written by a later release"};
  }
  if (loaded) {
    loaded = source.collector->load(collector_state);
  }
  if (loaded) {
    source.clock = clock;
    source.poll_errors = poll_errors;
    return true;
  }
  open(source);
  report.discard(loaded.error().code == ErrorCode::kNewerVersion ? kDiscardedNewer : kDiscardedDamaged,
                 title + " and what is computed from it start afresh: " + loaded.error().message);
  return false;
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

Checkpoint Pipeline::save() {
  Checkpoint checkpoint;
  checkpoint.taken = clock_.wall();
  for (const Source& source : sources_) {
    StateWriter collector_state;
    source.collector->save(collector_state);
    StateWriter out;
    source.clock.save(out);
    out.u64(source.poll_errors);
    out.text(collector_state.bytes());
    checkpoint.sections.push_back({std::string(kSourceKind), source.assembled->name, 0, kSourceVersion, out.take()});
    for (const AssembledMonitor& entry : source.assembled->monitors) {
      StateParts parts;
      StateWriter state(&parts);
      entry.monitor->save(state);
      add_section(checkpoint,
                  {entry.section, entry.name, entry.definition, entry.monitor->state_version(), state.take()}, parts);
    }
  }
  return checkpoint;
}

// A checkpoint that is too large could not be written or loaded, and nothing would be kept.
void Pipeline::add_section(Checkpoint& checkpoint, CheckpointSection section, StateParts& parts) {
  if (section.bytes.size() > kLargestSection) {
    const std::string title = title_of(section.kind, section.name);
    if (left_out_.insert(title).second) {
      errors_.push_back(title + ": its state of " + std::to_string(section.bytes.size()) +
                        " bytes is too large to be saved: after a restart it starts afresh");
    }
    section.bytes.clear();
    section.version = 0;
    parts.clear();
  }
  checkpoint.parts.merge(parts);
  checkpoint.sections.push_back(std::move(section));
}

}  // namespace leeway
