#include <algorithm>
#include <cstdio>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "agent/cli/check_report.h"
#include "agent/cli/check_tables.h"
#include "agent/cli/commands.h"
#include "agent/cli/config_text.h"
#include "agent/cli/explain_parts.h"
#include "agent/cli/load_configuration.h"
#include "agent/cli/report_error.h"
#include "agent/config/toml_reader.h"
#include "agent/core/background.h"
#include "agent/core/nearest_word.h"
#include "agent/metrics/snapshot.h"
#include "agent/pipeline/pipeline.h"
#include "agent/sampling/findings.h"
#include "agent/sampling/take_sample.h"
#include "agent/schema/key_explorer.h"
#include "agent/schema/key_lines.h"

namespace leeway {
namespace {

class NoThread final : public Background {
 public:
  void run(std::function<void()> /*work*/) override {}
};

// Something that has a name: an entry of the configuration, an alert that was generated, or both.
struct Named {
  std::string section;
  std::string name;
  const ConfigValue* value = nullptr;  // null for what no entry has the name of

  std::string title() const { return section == name ? "[" + section + "]" : "[[" + section + "]] '" + name + "'"; }
};

const std::string* name_of(const ConfigTable& entry) {
  const ConfigValue* const name = entry.find("name");
  const ConfigValue* const shown = name != nullptr ? name : entry.find("title");
  return shown == nullptr ? nullptr : shown->get_if<std::string>();
}

// In the order of the sections, and then the generated alerts.
std::vector<Named> all_names(const ConfigTable& config, const Catalog& catalog) {
  std::vector<Named> names;
  for (const ConfigSection& section : config_sections()) {
    const ConfigValue* const value = config.find(section.name);
    if (value != nullptr && !section.array) {
      names.push_back({section.name, section.name, value});
    }
    const ConfigArray* const entries = value == nullptr ? nullptr : value->get_if<ConfigArray>();
    for (const ConfigValue& entry : entries == nullptr ? std::span<const ConfigValue>() : std::span(*entries)) {
      if (const std::string* const name = name_of(*entry.get_if<ConfigTable>())) {
        names.push_back({section.name, *name, &entry});
      }
    }
  }
  for (const AlertRule& alert : catalog.alerts) {
    const bool known =
        std::any_of(names.begin(), names.end(), [&](const Named& each) { return each.name == alert.name; });
    if (!known) {
      names.push_back({"alert", alert.name});
    }
  }
  return names;
}

Error no_entry(const std::string& name, const std::vector<Named>& all) {
  std::vector<std::string> names;
  std::vector<std::string> entries;
  for (const Named& each : all) {
    names.push_back(each.name);
    if (each.value != nullptr) {
      entries.push_back(each.name);
    }
  }
  const std::string nearest = did_you_mean(name, names);
  return Error{ErrorCode::kUsage, "nothing is named '" + name + "'" +
                                      (nearest.empty() ? "; expected one of " + quoted_words(entries, "or") : nearest)};
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
  if (facts.is("good")) {
    print_examples("good", facts.taken);
    print_examples("bad", facts.skipped);
    print_examples("not judged", facts.unanswered);
    return;
  }
  print_examples("taken", facts.taken);
  print_examples("skipped", facts.skipped);
  print_examples("no value", facts.unanswered);
}

void print_sample(const Named& entry, const DataSample& sample) {
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
std::vector<Finding> findings_about(const Named& entry, const DataSample& sample) {
  std::vector<Finding> findings = findings_of(sample);
  std::erase_if(findings, [&](const Finding& finding) {
    return !finding.message.starts_with(entry.title()) && !finding.message.starts_with("[[source]]");
  });
  return findings;
}

void print_state(const Named& entry, const DataSample& sample) {
  const ConfigValue* const name = entry.value->get_if<ConfigTable>()->find("name");
  const MetricStatus* const status =
      name == nullptr ? nullptr : sample.status_of(place_of(sample.config(), name->position()));
  if (status == nullptr) {
    return;
  }
  // An SLO without `by` has no series of its own that are limited.
  std::string text =
      entry.section == "slo" && status->series_limit == 0 ? "" : std::to_string(status->held) + " series";
  for (const auto& [reason, count] : status->skipped) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " records not " +
            (entry.section == "slo" ? "judged" : "counted") + " (" + reason + ")";
  }
  if (!text.empty()) {
    std::printf("\n  %s\n", text.c_str());
  }
}

bool is_table_section(const std::string& name) {
  const std::vector<ConfigSection> sections = config_sections();
  return std::any_of(sections.begin(), sections.end(),
                     [&](const ConfigSection& section) { return !section.array && section.name == name; });
}

// What holds where the configuration does not have the section.
void print_defaults(const std::string& section) {
  Diagnostics diagnostics;
  diagnostics.want_keys();
  const ConfigTable config = parse_toml("[" + section + "]\n", section, diagnostics);
  PosixFileSystem files;
  static_cast<void>(assemble(config, {}, files, diagnostics));
  ConfigFacts facts;
  add_uses(config, diagnostics, facts);
  std::printf("[%s], which the configuration does not have: %s\n", section.c_str(),
              std::string(section_line(section)).c_str());
  for (const auto& [key, of_key] : facts[section]) {
    const std::string line(key_line(section + "." + key));
    std::printf("  %s = %s%s%s\n", key.c_str(),
                of_key.otherwise && !of_key.depends ? of_key.otherwise->c_str() : "(none)", line.empty() ? "" : "  # ",
                line.c_str());
  }
}

struct Explained {
  const DataSample& sample;
  const Snapshot& empty;
  const Catalog& catalog;
  const std::map<std::string, std::string>& summaries;  // of sources
};

void explain_entry(const Named& entry, const Explained& all) {
  std::printf("%s: %s\n", entry.value->position().to_string().c_str(), entry.title().c_str());
  std::printf("%s\n", config_text(*entry.value->get_if<ConfigTable>()).c_str());
  for (const MetricDesc& metric : all.catalog.metrics.metrics().first(all.catalog.configured_metrics)) {
    if (metric.name == entry.name && (entry.section == "metric" || entry.section == "window")) {
      print_metric(metric, all.empty.status().metrics);
    }
  }
  for (const SampledSource& sampled : all.sample.sources()) {
    if (entry.section == "source" && sampled.source->name == entry.name) {
      print_source_facts(sampled, all.summaries.at(entry.name));
    }
  }
  print_alerts_on(entry.name, all.catalog);
  print_sample(entry, all.sample);
  print_state(entry, all.sample);
}

void explain(const Named& entry, const Explained& all) {
  if (entry.value != nullptr) {
    explain_entry(entry, all);
  } else {
    std::printf("alert '%s', which `leeway rules` generates\n", entry.name.c_str());
  }
  for (const AlertRule& alert : all.catalog.alerts) {
    if (entry.section == "alert" && alert.name == entry.name) {
      print_alert_facts(alert, all.catalog);
    }
  }
  if (entry.value != nullptr) {
    print_findings(findings_about(entry, all.sample));
  }
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
  std::vector<Named> named = all_names(read->config, read->assembly->catalog);
  if (is_table_section(options.monitor) && read->config.find(options.monitor) == nullptr) {
    print_defaults(options.monitor);
    return 0;
  }
  if (std::none_of(named.begin(), named.end(), [&](const Named& each) { return each.name == options.monitor; })) {
    return report_error(no_entry(options.monitor, named));
  }
  std::erase_if(named, [&](const Named& each) { return each.name != options.monitor; });
  std::map<std::string, std::string> summaries;
  for (const auto& source : read->assembly->sources) {
    summaries.emplace(source->name, source->definition->summary(files));
  }
  DataSample sample(*read->assembly, read->config, read->diagnostics.expressions(), read->source_paths, files,
                    SampleLimits());
  NoThread nothing;
  Pipeline pipeline(std::move(*read->assembly), sample.files(), clock, {std::nullopt, &nothing});
  SnapshotBuilder builder(clock.wall());
  pipeline.collect(builder);
  const std::shared_ptr<const Snapshot> empty = builder.build();
  sample.run(pipeline, clock);
  for (std::size_t i = 0; i < named.size(); ++i) {
    std::printf("%s", i == 0 ? "" : "\n");
    explain(named[i], {sample, *empty, pipeline.catalog(), summaries});
  }
  return 0;
}

}  // namespace leeway
