#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>

#include "agent/cli/check_report.h"
#include "agent/cli/check_tables.h"
#include "agent/cli/commands.h"
#include "agent/cli/load_configuration.h"
#include "agent/cli/report_error.h"
#include "agent/cli/web_access.h"
#include "agent/core/background.h"
#include "agent/core/units.h"
#include "agent/metrics/snapshot.h"
#include "agent/pipeline/pipeline.h"
#include "agent/sampling/config_place.h"
#include "agent/sampling/findings.h"
#include "agent/sampling/take_sample.h"

namespace leeway {
namespace {

// Thresholds are not needed to look at data.
class NoBackground final : public Background {
 public:
  void run(std::function<void()> /*work*/) override {}
};

void print_state(const AgentSettings& settings) {
  if (settings.state_dir.empty()) {
    std::printf("state: not kept; counters start at 0 at each start (set [agent] state_dir)\n");
  } else {
    std::printf("state: %s, saved every %s, survives %s\n", settings.state_dir.c_str(),
                format_duration(settings.commit_interval).c_str(),
                settings.durability == Durability::kPower ? "a power cut" : "a crash of the process");
  }
}

// What is known of a configuration without errors.
struct Checked {
  const Pipeline& pipeline;
  const Snapshot& empty;     // before any record
  const DataSample* sample;  // null: none was taken
  FileSystem& files;
};

void print_rules(const Checked& checked, bool verbose) {
  const Catalog& catalog = checked.pipeline.catalog();
  if (verbose) {
    std::printf("\nSLOs\n");
    print_slos(checked.empty, catalog);
  }
  print_references(checked.empty);
  if (const std::string columns = columns_of_drift(checked.pipeline.assembly()); !columns.empty()) {
    std::printf("\ncolumns of drift\n%s", columns.c_str());
  }
  if (verbose) {
    print_alerts(catalog);
  } else {
    std::printf("\nalerts: %zu, written by `leeway rules`; --verbose lists them, and the SLOs\n",
                catalog.alerts.size());
  }
  print_scope(catalog.settings);
}

void print_tables(const Checked& checked, bool verbose) {
  const Assembly& assembly = checked.pipeline.assembly();
  for (std::size_t i = 0; i < assembly.sources.size(); ++i) {
    print_source(*assembly.sources[i], checked.sample == nullptr ? nullptr : &checked.sample->sources()[i],
                 checked.files);
  }
  print_variables(assembly.variables);
  print_state(assembly.settings);
  std::printf("\nmetrics\n");
  const Catalog& catalog = checked.pipeline.catalog();
  for (const MetricDesc& metric : catalog.metrics.metrics().first(catalog.configured_metrics)) {
    print_metric(metric, checked.empty.status().metrics);
  }
  if (verbose && checked.sample != nullptr) {
    std::printf("\nexpressions, on the sample\n");
    for (const SampledSource& sampled : checked.sample->sources()) {
      if (sampled.sample != nullptr) {
        print_expressions(sampled);
        for (const std::string& line : label_lines(*checked.sample, sampled)) {
          std::printf("  %s\n", line.c_str());
        }
      }
    }
  }
  print_rules(checked, verbose);
}

// Of the entry that a sentence begins with: "[[drift]] 'd', segment 'a': ...", "source 's': ..."; empty if of none.
Position position_of(const ConfigTable& config, std::string_view note) {
  const bool brackets = note.starts_with("[[");
  const std::size_t begin = brackets ? 2 : 0;
  const std::size_t end = note.find(brackets ? "]] '" : " '", begin);
  const std::size_t name = end == std::string_view::npos ? end : note.find('\'', end) + 1;
  const std::size_t quote = name == std::string_view::npos ? name : note.find('\'', name);
  if (quote == std::string_view::npos) {
    return {};
  }
  const ConfigValue* const entry = find_entry(config, note.substr(begin, end - begin), note.substr(name, quote - name));
  return entry == nullptr ? Position() : entry->position();
}

// What monitors say of the data that is there.
void add_notes(Pipeline& pipeline, const ConfigTable& config, std::vector<Finding>& findings) {
  for (std::string& note : pipeline.take_errors()) {
    const Position position = position_of(config, note);
    findings.push_back({Weight::kWarning, position, std::move(note)});
  }
}

// A file cannot become the directory.
void look_at_state_dir(const CliOptions& options, ReadConfiguration& read, const FileSystem& files) {
  const std::string path = read.assembly ? read.assembly->settings.state_dir : "";
  const Expected<FileInfo> info = path.empty() ? Expected<FileInfo>(Error{}) : files.stat(path);
  if (info && info->type != FileType::kDirectory) {
    const ConfigValue* const own = options.state_dir.empty() ? value_at(read.config, {"agent", "state_dir"}) : nullptr;
    read.diagnostics.error(own == nullptr ? Position() : own->position(),
                           "[agent]: 'state_dir' is '" + path + "', which is a file; expected a directory");
  }
}

int check(const CliOptions& options, ReadConfiguration& read, FileSystem& files, const Clock& clock) {
  const bool json = options.format == "json";
  look_at_state_dir(options, read, files);
  std::vector<Finding> findings = findings_of(read.diagnostics);
  if (!read.assembly || read.diagnostics.has_errors()) {
    json ? print_json(findings) : print_errors(read.diagnostics);
    return exit_code(ErrorCode::kConfiguration);
  }
  if (!json) {
    print_errors(read.diagnostics);
  }
  std::optional<DataSample> sample;
  if (!options.no_sample) {
    sample.emplace(*read.assembly, read.config, read.diagnostics.expressions(), read.source_paths, files,
                   SampleLimits());
  }
  NoBackground nothing;
  Pipeline pipeline(std::move(*read.assembly), sample ? sample->files() : files, clock, {std::nullopt, &nothing});
  SnapshotBuilder builder(clock.wall());
  pipeline.collect(builder);
  const std::shared_ptr<const Snapshot> empty = builder.build();
  std::vector<Finding> of_data;
  if (sample) {
    sample->run(pipeline, clock);
    of_data = findings_of(*sample);
  }
  add_notes(pipeline, read.config, of_data);
  sort_by_weight(of_data);
  findings.insert(findings.end(), of_data.begin(), of_data.end());
  sort_by_weight(findings);
  if (json) {
    print_json(findings);
  } else {
    print_verdict(options.config_file, findings);
    print_tables({pipeline, *empty, sample ? &*sample : nullptr, files}, options.verbose);
    print_findings(of_data);
  }
  return options.strict && count_of(findings, Weight::kWarning) != 0 ? 1 : 0;
}

}  // namespace

int check_command(const CliOptions& options) {
  PosixFileSystem files;
  const SystemClock clock;
  if (!options.web_config_file.empty()) {
    const Expected<void> web = check_web_file(options, files, clock);
    if (!web) {
      return report_error(web.error());
    }
  }
  Expected<ReadConfiguration> read = read_configuration(options, files, clock, true);
  return read ? check(options, *read, files, clock) : report_error(read.error());
}

}  // namespace leeway
