#include <cstdio>

#include "agent/cli/commands.h"
#include "agent/cli/drift_columns.h"
#include "agent/cli/load_configuration.h"
#include "agent/cli/report_error.h"
#include "agent/core/rfc3339.h"
#include "agent/core/whole_file.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/drift/drift.h"
#include "agent/monitors/drift/drift_metrics.h"
#include "agent/monitors/drift/reference_decisions.h"
#include "agent/pipeline/part_files.h"
#include "exporters/prometheus/label_text.h"

namespace leeway {
namespace {

// A [[drift]] as saved in the last checkpoint. The agent may be running, so its state is only read.
struct SavedMonitor {
  Assembly assembly;
  std::vector<DriftMonitor*> references{};  // the selected ones
};

// The newer of the two slots; none if neither can be read, for example while one is written.
std::optional<Checkpoint> newest_checkpoint(FileSystem& files, const std::string& state_dir) {
  std::optional<Checkpoint> newest;
  for (const char* slot : {"/checkpoint.a", "/checkpoint.b"}) {
    const Expected<std::string> bytes = read_reference_file(files, state_dir + slot);
    if (!bytes) {
      continue;
    }
    Expected<Checkpoint> checkpoint = decode_checkpoint(*bytes);
    if (checkpoint && (!newest || checkpoint->generation > newest->generation)) {
      newest = std::move(*checkpoint);
    }
  }
  return newest;
}

// Loads what the newest checkpoint holds of the monitor; nothing if there is no checkpoint, or it is of another
// definition.
Expected<void> load_newest(FileSystem& files, const std::string& state_dir, const AssembledMonitor& monitor) {
  const std::optional<Checkpoint> checkpoint = newest_checkpoint(files, state_dir);
  if (!checkpoint) {
    return {};
  }
  PartFiles part_files(files, state_dir, false);
  StateReport report;
  if (Expected<void> opened = part_files.open(report); !opened) {
    return opened;
  }
  const StateParts parts = part_files.found();
  Expected<void> loaded;
  for (const CheckpointSection& section : checkpoint->sections) {
    if (section.kind == "drift" && section.name == monitor.name && section.definition == monitor.definition) {
      StateReader in(section.bytes, section.version, &parts);
      loaded = monitor.monitor->load(in);
    }
  }
  return loaded;
}

Expected<AssembledMonitor*> find_monitor(Assembly& assembly, const std::string& name) {
  AssembledMonitor* found = nullptr;
  for (const auto& source : assembly.sources) {
    for (AssembledMonitor& monitor : source->monitors) {
      if (monitor.section != "drift" || (!name.empty() && monitor.name != name)) {
        continue;
      }
      if (found != nullptr) {
        return Error{ErrorCode::kUsage, "there are several [[drift]]; say which with --name"};
      }
      found = &monitor;
    }
  }
  if (found == nullptr) {
    return Error{ErrorCode::kUsage,
                 name.empty() ? "the configuration has no [[drift]]" : "no [[drift]] is named '" + name + "'"};
  }
  return found;
}

// "training, last_week"; "" for a reference without a name.
std::string names_of(const std::vector<DriftMonitor*>& references) {
  std::string names;
  for (const DriftMonitor* const reference : references) {
    names += (names.empty() ? "" : ", ") + reference->settings().source;
  }
  return names;
}

// The reference with the name; all if the name is empty.
Expected<std::vector<DriftMonitor*>> find_references(Monitor& monitor, const std::string& name) {
  std::vector<DriftMonitor*> all = drift_monitors(monitor);
  if (name.empty()) {
    return all;
  }
  for (DriftMonitor* const reference : all) {
    if (reference->settings().source == name) {
      return std::vector<DriftMonitor*>{reference};
    }
  }
  const std::string names = names_of(all);
  return Error{ErrorCode::kUsage, "no reference is named '" + name + "'; there " +
                                      (names.empty() ? "is one without a name" : "are: " + names)};
}

Expected<SavedMonitor> load_monitor(const CliOptions& options, FileSystem& files) {
  const SystemClock clock;
  Expected<Assembly> assembly = load_configuration(options, files, clock, true);
  if (!assembly) {
    return std::move(assembly).error();
  }
  if (assembly->settings.state_dir.empty()) {
    return Error{ErrorCode::kUsage,
                 "references are kept in the state directory: give --state.dir, or [agent] state_dir"};
  }
  SavedMonitor saved{std::move(*assembly)};
  const Expected<AssembledMonitor*> found = find_monitor(saved.assembly, options.monitor);
  if (!found) {
    return found.error();
  }
  Monitor& monitor = *(*found)->monitor;
  Expected<std::vector<DriftMonitor*>> references = find_references(monitor, options.reference);
  if (!references) {
    return references.error();
  }
  saved.references = std::move(*references);
  // The agent may have replaced the checkpoint, and removed parts of it, while it was read.
  constexpr int kTries = 3;
  Expected<void> loaded = Error{};
  for (int i = 0; i < kTries && !loaded; ++i) {
    loaded = load_newest(files, saved.assembly.settings.state_dir, **found);
  }
  if (!loaded) {
    return loaded.error();
  }
  return saved;
}

std::shared_ptr<const Snapshot> snapshot_of(const DriftMonitor& monitor) {
  SnapshotBuilder builder(SystemClock().wall());
  monitor.collect(builder);
  return builder.build();
}

void show(const DriftMonitor& monitor, const ReferenceDecision& decision) {
  const std::optional<DriftProfile> profile = monitor.profile();
  const DriftSettings& settings = monitor.settings();
  const std::string source = settings.source.empty() ? "" : settings.source + ", ";
  std::printf("drift %s: reference %s%s, %s\n", settings.name.c_str(), source.c_str(),
              settings.reference_text().c_str(),
              profile            ? ("id " + profile->id()).c_str()
              : settings.segment ? "one for each segment"
                                 : "not complete");
  if (decision.generation != 0) {
    std::printf("  decision %llu: %s at %s%s%s%s\n", static_cast<unsigned long long>(decision.generation),
                decision.action.c_str(), decision.time.c_str(), decision.forced ? ", forced" : "",
                decision.reason.empty() ? "" : ": ", decision.reason.c_str());
  }
  if (profile) {
    for (const auto& [label, column] : profile->columns) {
      std::printf("  %s: %s, %llu rows, %zu bins", label.c_str(),
                  column.kind == ColumnKind::kNumber ? "numbers" : "categories",
                  static_cast<unsigned long long>(column.rows), column.bin_count());
      if (column.kind == ColumnKind::kNumber) {
        std::printf(", mean %.6g, standard deviation %.6g", column.mean, column.deviation);
      }
      std::printf("%s\n", column.dependence.empty() ? "" : ", rows depend on earlier ones");
    }
  }
  for (const std::string& line : describe_columns(monitor)) {
    std::printf("  %s\n", line.c_str());
  }
  const std::shared_ptr<const Snapshot> snapshot = snapshot_of(monitor);
  for (const MetricFamily& family : snapshot->families()) {
    if (family.desc.name == kDriftInfo) {
      continue;
    }
    for (const Sample& sample : family.samples) {
      std::printf("  %s{%s} %.10g\n", family.desc.name.c_str(), label_text(sample.labels).c_str(), sample.value);
    }
  }
}

Expected<void> show_all(FileSystem& files, const SavedMonitor& saved) {
  for (const DriftMonitor* const monitor : saved.references) {
    const Expected<ReferenceDecision> decision =
        read_reference_decision(files, saved.assembly.settings.state_dir, monitor->settings().reference_key());
    if (!decision) {
      return decision.error();
    }
    show(*monitor, *decision);
  }
  return {};
}

// The series whose band means drift: moderate or more if there are bands, else any.
std::string drifted(const DriftMonitor& monitor) {
  const int least = monitor.settings().bands ? kDriftBandModerate : kDriftBandDrift;
  std::string found;
  const std::shared_ptr<const Snapshot> snapshot = snapshot_of(monitor);
  for (const MetricFamily& family : snapshot->families()) {
    for (const Sample& sample : family.samples) {
      if (family.desc.name == kDriftBand && sample.value >= least) {
        found += "\n  " + label_text(sample.labels);
      }
    }
  }
  return found;
}

Expected<void> decide(const CliOptions& options, FileSystem& files, const std::string& state_dir,
                      const DriftMonitor& monitor) {
  ReferenceDecision decision;
  decision.action = options.reference_action;
  if (options.force && options.reason.empty()) {
    return Error{ErrorCode::kUsage, "--force needs --reason"};
  }
  const std::string in_drift = drifted(monitor);
  if (!in_drift.empty() && !options.force) {
    return Error{
        ErrorCode::kLimit,
        "refused: the data that would become the reference has drifted; to use it anyway, add --force --reason TEXT:" +
            in_drift};
  }
  decision.forced = !in_drift.empty();
  decision.reason = options.reason;
  decision.time = format_rfc3339(SystemClock().wall());
  if (const std::optional<DriftProfile> before = monitor.profile()) {
    decision.replaced = before->id();
  }
  if (options.reference_action == "import") {
    const Expected<std::string> text = read_reference_file(files, options.file);
    if (!text) {
      return text.error();
    }
    Expected<DriftProfile> profile = parse_profile(*text);
    if (!profile) {
      return Error{ErrorCode::kCorrupt, options.file + ": " + profile.error().message};
    }
    for (const DriftColumnSettings& column : monitor.settings().columns) {
      if (!profile->has(column.label)) {
        return Error{ErrorCode::kUsage, options.file + " has no column '" + column.label + "'"};
      }
    }
    decision.profile = std::move(*profile);
  } else if (!monitor.settings().profile_path.empty()) {
    return Error{ErrorCode::kUsage, "the reference is the profile " + monitor.settings().profile_path +
                                        ": there is nothing to capture; import another profile"};
  }
  const Expected<ReferenceDecision> kept =
      write_reference_decision(files, state_dir, monitor.settings().reference_key(), std::move(decision));
  if (!kept) {
    return kept.error();
  }
  std::printf("decision %llu is saved; the agent applies it at its next start or reload (SIGHUP)\n",
              static_cast<unsigned long long>(kept->generation));
  return {};
}

Expected<void> export_profile(const CliOptions& options, FileSystem& files, const DriftMonitor& monitor) {
  const std::optional<DriftProfile> profile = monitor.profile();
  if (!profile) {
    return Error{ErrorCode::kNotFound,
                 monitor.settings().segment
                     ? "each segment has its own reference; only one for all segments can be exported"
                     : "the reference is not complete yet"};
  }
  const std::string json = to_json(*profile);
  if (!options.file.empty()) {
    return write_whole_file(files, options.file, json);
  }
  std::fputs(json.c_str(), stdout);
  return {};
}

Expected<void> run_reference(const CliOptions& options) {
  PosixFileSystem files;
  const Expected<SavedMonitor> saved = load_monitor(options, files);
  if (!saved) {
    return saved.error();
  }
  const std::string& state_dir = saved->assembly.settings.state_dir;
  if (options.reference_action == "show") {
    return show_all(files, *saved);
  }
  if (saved->references.size() > 1) {
    return Error{ErrorCode::kUsage,
                 "there are several references; say which with --reference: " + names_of(saved->references)};
  }
  const DriftMonitor& monitor = *saved->references.front();
  if (options.reference_action == "history") {
    const Expected<std::string> history = read_reference_history(files, state_dir, monitor.settings().reference_key());
    if (!history) {
      return history.error();
    }
    std::fputs(history->c_str(), stdout);
    return {};
  }
  return options.reference_action == "export" ? export_profile(options, files, monitor)
                                              : decide(options, files, state_dir, monitor);
}

}  // namespace

int reference_command(const CliOptions& options) {
  const Expected<void> done = run_reference(options);
  if (done) {
    return 0;
  }
  const int code = report_error(done.error());
  // A refusal is a finding of the check before it.
  return done.error().code == ErrorCode::kLimit ? 1 : code;
}

}  // namespace leeway
