#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "agent/cli/check_report.h"
#include "agent/cli/check_tables.h"
#include "agent/cli/commands.h"
#include "agent/cli/config_text.h"
#include "agent/cli/load_configuration.h"
#include "agent/cli/report_error.h"
#include "agent/core/background.h"
#include "agent/core/nearest_word.h"
#include "agent/metrics/snapshot.h"
#include "agent/pipeline/pipeline.h"
#include "agent/sampling/findings.h"
#include "agent/sampling/take_sample.h"

namespace leeway {
namespace {

class NoThread final : public Background {
 public:
  void run(std::function<void()> /*work*/) override {}
};

struct Entry {
  std::string section;
  std::string name;
  const ConfigValue* value;

  std::string title() const { return "[[" + section + "]] '" + name + "'"; }
};

std::vector<Entry> entries_of(const Assembly& assembly, const ConfigTable& config) {
  std::vector<Entry> entries;
  for (const auto& source : assembly.sources) {
    for (const AssembledMonitor& monitor : source->monitors) {
      if (const ConfigValue* const value = find_entry(config, monitor.section, monitor.name)) {
        entries.push_back({monitor.section, monitor.name, value});
      }
    }
  }
  return entries;
}

Error no_entry(const std::string& name, const std::vector<Entry>& entries) {
  std::vector<std::string> names(entries.size());
  std::transform(entries.begin(), entries.end(), names.begin(), [](const Entry& entry) { return entry.name; });
  const std::string nearest = did_you_mean(name, names);
  return Error{ErrorCode::kUsage, "nothing is named '" + name + "'" +
                                      (nearest.empty() ? "; expected one of " + quoted_words(names, "or") : nearest)};
}

void print_examples(const char* what, const std::vector<RecordText>& examples) {
  for (const RecordText& example : examples) {
    std::printf("      %s: %s\n", what, example.c_str());
  }
}

void print_expression(const ExpressionFacts& facts, const std::string& source, bool several) {
  std::printf("\n  %s%s\n", facts.key_text().c_str(), several ? (", of source " + source).c_str() : "");
  for (const std::string& line : tree_lines(facts.outline)) {
    std::printf("    %s\n", line.c_str());
  }
  std::printf("    %s\n", answers_text(facts).c_str());
  print_examples("taken", facts.taken);
  print_examples("skipped", facts.skipped);
}

void print_sample(const Entry& entry, const DataSample& sample) {
  for (const SampledSource& sampled : sample.sources()) {
    if (sampled.sample == nullptr) {
      continue;
    }
    for (const ExpressionFacts& facts : sampled.sample->expressions()) {
      const bool own = facts.use.what == entry.title() || facts.use.what.starts_with(entry.title() + ":");
      if (own) {
        print_expression(facts, sampled.source->name, sample.sources().size() > 1);
      }
    }
  }
}

// What the sample says of the entry, and of all sources.
std::vector<Finding> findings_about(const Entry& entry, const DataSample& sample) {
  std::vector<Finding> findings = findings_of(sample);
  std::erase_if(findings, [&](const Finding& finding) {
    return !finding.message.starts_with(entry.title()) && !finding.message.starts_with("[[source]]");
  });
  return findings;
}

Position name_position(const Entry& entry) { return entry.value->get_if<ConfigTable>()->find("name")->position(); }

void explain(const Entry& entry, const DataSample& sample, const Snapshot& empty, const Catalog& catalog) {
  std::printf("%s: %s\n", entry.value->position().to_string().c_str(), entry.title().c_str());
  std::printf("%s\n", config_text(*entry.value->get_if<ConfigTable>()).c_str());
  for (const MetricDesc& metric : catalog.metrics.metrics().first(catalog.configured_metrics)) {
    if (metric.name == entry.name) {
      print_metric(metric, empty.status().metrics);
    }
  }
  print_sample(entry, sample);
  if (const MetricStatus* const status = sample.status_of(place_of(sample.config(), name_position(entry)))) {
    std::printf("\n  %llu series", static_cast<unsigned long long>(status->held));
    for (const auto& [reason, count] : status->skipped) {
      std::printf(", %llu records not counted (%s)", static_cast<unsigned long long>(count), reason.c_str());
    }
    std::printf("\n");
  }
  print_findings(findings_about(entry, sample));
}

}  // namespace

int explain_command(const CliOptions& options) {
  PosixFileSystem files;
  const SystemClock clock;
  Expected<ReadConfiguration> read = read_configuration(options, files, clock, true);
  if (!read) {
    return report_error(read.error());
  }
  if (!read->assembly) {
    print_errors(read->diagnostics);
    return exit_code(ErrorCode::kConfiguration);
  }
  const std::vector<Entry> entries = entries_of(*read->assembly, read->config);
  const auto entry =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& each) { return each.name == options.monitor; });
  if (entry == entries.end()) {
    return report_error(no_entry(options.monitor, entries));
  }
  DataSample sample(*read->assembly, read->config, read->diagnostics.expressions(), read->source_paths, files,
                    SampleLimits());
  NoThread nothing;
  Pipeline pipeline(std::move(*read->assembly), sample.files(), clock, {std::nullopt, &nothing});
  SnapshotBuilder builder(clock.wall());
  pipeline.collect(builder);
  const std::shared_ptr<const Snapshot> empty = builder.build();
  sample.run(pipeline, clock);
  explain(*entry, sample, *empty, pipeline.catalog());
  return 0;
}

}  // namespace leeway
