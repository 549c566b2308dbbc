// A configuration turned into the objects that run: settings, sources with their schemas, monitors, and the catalogue
// of what they export. `run`, `replay` and `check` all build it, and a reload builds it again.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/core/clock.h"
#include "agent/core/file_system.h"
#include "agent/core/monitor.h"
#include "agent/core/schema.h"
#include "agent/core/source_definition.h"
#include "agent/metrics/catalog.h"
#include "agent/pipeline/agent_settings.h"
#include "collectors/builtin.h"

namespace leeway {

struct AssembledSource;

struct AssembledMonitor {
  std::string section;  // "metric", "slo": with the name, the identity of its saved state
  std::string name;
  std::uint64_t definition = 0;  // hash of its configuration
  std::unique_ptr<Monitor> monitor;
  std::vector<const AssembledSource*> more_sources{};  // after the first, which owns it
  // The hash that a release up to 0.1 would have, which also holds keys that only say how the state is shown.
  std::uint64_t definition_before = 0;
  std::shared_ptr<const TypeMismatches> mismatches{};
  std::shared_ptr<SkippedExamples> skipped{};
};

// A monitor that sees the records of a source.
struct Feed {
  Monitor* monitor;     // of this source, or of another
  std::size_t input;    // which of the monitor's sources this one is
  bool merged = false;  // by a replay, see Monitor::merge_sources()
};

struct AssembledSource {
  std::string name;
  std::string type;
  bool has_file_versions = false;
  Schema schema;  // final once all monitors are built
  std::unique_ptr<SourceDefinition> definition;
  ConfigTable cells{};                     // cell_keys_of() it
  std::optional<Duration> silent_after{};  // as its own key says
  Duration allowed_lateness{};             // records further behind the watermark count as late
  Duration allowed_future{};               // records further ahead of the wall clock do not move the watermark
  std::optional<Position> future_place{};  // of its key
  std::vector<AssembledMonitor> monitors;  // those whose first source it is
  std::vector<Feed> feeds;                 // all that see its records
  // A monitor asked for the columns of its newest file, which could not be read or did not exist: which file that was.
  std::optional<std::string> awaited{};
};

struct Assembly {
  AgentSettings settings;
  std::vector<std::unique_ptr<AssembledSource>> sources;  // at stable addresses: collectors keep their schema
  Catalog catalog;
  std::map<std::string, bool> variables{};  // of the environment, that the configuration names: as Variables::used()
};

inline constexpr std::atomic<bool> kNeverCancelled = false;

struct AssemblyOptions {
  std::map<std::string, std::string> source_paths;  // --source.path NAME=GLOB
  std::optional<std::string> state_dir;             // --state.dir
  TimePoint started{};
  std::string name{};  // of the set of rules and dashboards if [rules] gives none
  // Set on another thread: reading of reference data ends with an error. Outlives the call.
  const std::atomic<bool>& cancelled = kNeverCancelled;
};

// A section of the configuration: a table, or an array of them.
struct ConfigSection {
  std::string name;
  bool array = true;
};

// Those that assemble() knows, in the order in which it reads them.
std::vector<ConfigSection> config_sections();

// No value if `diagnostics` got an error; all errors of the configuration are reported together. `files` holds the
// reference data of monitors, which is read before the return.
std::optional<Assembly> assemble(const ConfigTable& config, const AssemblyOptions& options, FileSystem& files,
                                 Diagnostics& diagnostics);

}  // namespace leeway
