#include "agent/pipeline/assembly.h"

#include <algorithm>
#include <functional>
#include <set>

#include "agent/alerts/alert_entry.h"
#include "agent/alerts/rule_settings.h"
#include "agent/config/config_tables.h"
#include "agent/core/nearest_word.h"
#include "agent/core/units.h"
#include "agent/monitors/builtin.h"
#include "agent/panels/panel_entry.h"
#include "agent/pipeline/computed_hash.h"
#include "agent/pipeline/future_limit.h"
#include "agent/pipeline/read_records.h"
#include "agent/pipeline/rule_windows.h"
#include "agent/self/agent_alerts.h"
#include "agent/self/agent_catalog.h"

namespace leeway {
namespace {

constexpr Duration kDefaultLateness = std::chrono::hours(1);
constexpr Duration kDefaultFuture = std::chrono::minutes(5);

std::vector<std::string> monitor_sections() {
  std::vector<std::string> sections;
  for (const MonitorKind& kind : builtin_monitors()) {
    if (std::find(sections.begin(), sections.end(), kind.section) == sections.end()) {
      sections.emplace_back(kind.section);
    }
  }
  return sections;
}

class Assembler {
 public:
  Assembler(const ConfigTable& config, const AssemblyOptions& options, FileSystem& files, Diagnostics& diagnostics)
      : config_(config), options_(options), files_(files), diagnostics_(diagnostics) {}

  Assembly run() {
    check_sections();
    assembly_.settings = read_agent_settings(config_, files_, diagnostics_);
    assembly_.settings.state_dir = options_.state_dir.value_or(assembly_.settings.state_dir);
    for_each_entry("source", [this](const ConfigValue& entry) { add_source(entry); });
    check_overrides();
    if (assembly_.sources.empty() && !diagnostics_.has_errors()) {
      diagnostics_.error({}, "the configuration has no [[source]]; expected at least one");
    }
    read_maintenance_windows(config_, assembly_.catalog, diagnostics_);
    for (const std::string& section : monitor_sections()) {
      for_each_entry(section, [this, &section](const ConfigValue& entry) { add_monitor(section, entry); });
    }
    fill_catalog();
    return std::move(assembly_);
  }

 private:
  void check_sections() {
    std::vector<std::string> known;
    for (ConfigSection& section : config_sections()) {
      known.push_back(std::move(section.name));
    }
    for (const auto& [key, value] : config_.entries()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        diagnostics_.error(value.key_position(),
                           "unknown section '" + key + "'; expected [agent], [[source]], [[metric]], [[slo]], " +
                               "[[alert]], [[panel]] or another known one" + did_you_mean(key, known));
      }
    }
  }

  void for_each_entry(std::string_view section, const std::function<void(const ConfigValue&)>& visit) {
    for (const ConfigValue* const entry : tables_of(config_, section, diagnostics_)) {
      visit(*entry);
    }
  }

  void add_source(const ConfigValue& entry) {
    const ConfigTable& table = *entry.get_if<ConfigTable>();
    TableReader reader(table, entry.position(), title("source", table), diagnostics_);
    auto source = std::make_unique<AssembledSource>();
    source->name = reader.required_string("name");
    source->schema.set_source(source->name);
    source->schema.set_hash_key(assembly_.settings.hash_key);
    if (find_source(source->name) != nullptr) {
      reader.error("name", "a source named '" + source->name + "' exists already; names of sources are unique");
    }
    std::vector<std::string> types;
    for (const CollectorKind& kind : builtin_collectors()) {
      types.emplace_back(kind.type);
    }
    if (!reader.has("type")) {
      reader.missing("type", "a type of source");
    }
    source->type = reader.choice("type", types).value_or("");
    source->allowed_lateness = reader.duration("allowed_lateness", kDefaultLateness);
    if (reader.has("silent_after")) {
      source->silent_after = reader.duration("silent_after");
    }
    source->allowed_future = reader.duration("allowed_future", kDefaultFuture);
    if (reader.has("allowed_future")) {
      source->future_place = reader.position("allowed_future");
    }
    for (const CollectorKind& kind : builtin_collectors()) {
      if (kind.type == source->type) {
        CollectorContext context{reader, std::nullopt, builtin_formats()};
        const auto path = options_.source_paths.find(source->name);
        if (path != options_.source_paths.end()) {
          context.path_override = path->second;
        }
        source->definition = kind.build(context);
        if (source->definition) {
          check_exclusive(*source, reader);
          source->schema.set_time_reader(source->definition->time_reader());
          source->schema.set_time_zone(source->definition->time_zone());
        }
        source->cells = cell_keys_of(table);
        source->has_file_versions = kind.has_file_versions;
        reader.report_unused_keys();
      }
    }
    assembly_.sources.push_back(std::move(source));
  }

  void check_exclusive(const AssembledSource& source, TableReader& reader) {
    const std::string input = source.definition->exclusive_input();
    for (const auto& other : assembly_.sources) {
      if (!input.empty() && other->definition && other->definition->exclusive_input() == input) {
        reader.error("type", "'" + other->name + "' reads " + input + " already, which only one source can");
      }
    }
  }

  void check_overrides() {
    for (const auto& [name, path] : options_.source_paths) {
      if (find_source(name) == nullptr) {
        std::vector<std::string> names = source_names();
        diagnostics_.error({}, "--source.path " + name + "=" + path + ": no source is named '" + name + "'" +
                                   did_you_mean(name, names));
      }
    }
  }

  void add_monitor(const std::string& section, const ConfigValue& entry) {
    const ConfigTable& table = *entry.get_if<ConfigTable>();
    TableReader reader(table, entry.position(), title(section, table), diagnostics_);
    const std::string name = reader.required_string("name");
    if (!name.empty() && !names_.insert(section + " " + name).second) {
      reader.error("name", "the name '" + name + "' is used by an earlier [[" + section + "]]; names are unique");
    }
    const MonitorKind* kind = find_kind(section, reader);
    const std::vector<AssembledSource*> sources = sources_of(reader);
    if (kind == nullptr || sources.empty()) {
      return;
    }
    if (sources.size() > 1 && !kind->several_sources) {
      reader.error("source", "a [[" + section + "]] reads one source; expected one name, not a list of " +
                                 std::to_string(sources.size()));
      return;
    }
    AssembledSource* const source = sources.front();
    MonitorContext context{
        reader,
        schemas_of(sources),
        options_.started,
        files_,
        source->has_file_versions,
        assembly_.settings.state_dir,
        std::bind_front(read_records, std::ref(files_), std::cref(options_.cancelled), std::cref(source->cells)),
        source->definition == nullptr || source->definition->names_columns(),
        source->definition != nullptr && source->definition->has_several_files(),
        source->definition.get(),
        std::bind_front(read_file_columns, std::ref(files_)),
        [this, source] { return columns_of(*source); },
        names_of(sources),
        assembly_.catalog.maintenance};
    const auto mismatches = std::make_shared<TypeMismatches>();
    const auto skipped = std::make_shared<SkippedExamples>();
    for (Schema* const schema : context.schemas.all()) {
      schema->count_mismatches(mismatches);
      schema->keep_skipped(skipped);
    }
    std::unique_ptr<Monitor> monitor = kind->build(context);
    reader.report_unused_keys();
    if (monitor == nullptr) {
      return;
    }
    MetricCatalog own;
    monitor->describe(own);
    for (const MetricDesc& desc : own.metrics()) {
      if (const Expected<void> added = assembly_.catalog.metrics.add(desc); !added) {
        reader.error("name", added.error().message);
      }
    }
    limit_future(monitor->shortest_window(), title(section, table), sources, diagnostics_);
    feed(*monitor, sources);
    source->monitors.push_back({section,
                                name,
                                hash_of_computed(entry, kind->shown_by),
                                std::move(monitor),
                                {sources.begin() + 1, sources.end()},
                                hash_of_computed(entry),
                                mismatches,
                                skipped});
  }

  Expected<std::vector<std::string>> columns_of(AssembledSource& source) {
    if (source.definition == nullptr) {
      return Error{ErrorCode::kIo, "the source has an error"};
    }
    std::string newest = source.definition->newest_version(files_);
    Expected<std::vector<std::string>> columns = source.definition->columns(files_);
    if (!columns && columns.error().code != ErrorCode::kConfiguration) {
      source.awaited = std::move(newest);
    }
    return columns;
  }

  static Schemas schemas_of(const std::vector<AssembledSource*>& sources) {
    std::vector<Schema*> schemas(sources.size());
    std::transform(sources.begin(), sources.end(), schemas.begin(),
                   [](AssembledSource* source) { return &source->schema; });
    return Schemas(std::move(schemas));
  }

  static void feed(Monitor& monitor, const std::vector<AssembledSource*>& sources) {
    for (std::size_t input = 0; input < sources.size(); ++input) {
      sources[input]->feeds.push_back({&monitor, input});
    }
  }

  // What is built on the metrics: rules, alerts, panels. Skipped after an error: a wrong metric would make its alerts
  // wrong too.
  void fill_catalog() {
    Catalog& catalog = assembly_.catalog;
    read_rule_settings(config_, options_.name, catalog, diagnostics_);
    if (diagnostics_.has_errors()) {
      return;
    }
    add_agent_catalog(catalog);
    for (const auto& source : assembly_.sources) {
      for (const AssembledMonitor& monitor : source->monitors) {
        monitor.monitor->declare(catalog);
      }
    }
    for (const Error& error : catalog.errors) {
      diagnostics_.error(error.position, error.message);
    }
    for (const Error& warning : catalog.warnings) {
      diagnostics_.warning(warning.position, warning.message);
    }
    for_each_entry("alert", [&](const ConfigValue& entry) { read_alert(entry, catalog, diagnostics_); });
    catalog.rows.emplace_back(kOverviewRow);
    for_each_entry("row", [&](const ConfigValue& entry) { read_row(entry, catalog, diagnostics_); });
    for_each_entry("panel", [&](const ConfigValue& entry) { read_panel(entry, catalog, diagnostics_); });
    add_silences();
    add_agent_alerts(catalog);
    inhibit_while_agent_is_down(catalog);
    check_windows_of_rules(catalog, config_, diagnostics_);
    catalog.arrange();
  }

  void add_silences() {
    for (const auto& source : assembly_.sources) {
      const bool stream = !source->definition->exclusive_input().empty();
      const SourceKind kind = source->has_file_versions ? SourceKind::kDataFile
                              : stream                  ? SourceKind::kStream
                                                        : SourceKind::kLog;
      assembly_.catalog.sources.push_back({source->name, kind, source->silent_after});
    }
  }

  const MonitorKind* find_kind(const std::string& section, TableReader& reader) {
    std::vector<std::string> types;
    for (const MonitorKind& kind : builtin_monitors()) {
      if (kind.section == section) {
        if (kind.type.empty()) {
          return &kind;
        }
        types.emplace_back(kind.type);
      }
    }
    if (!reader.has("type")) {
      reader.missing("type", "a type of metric");
      return nullptr;
    }
    const std::optional<std::string> type = reader.choice("type", types);
    for (const MonitorKind& kind : builtin_monitors()) {
      if (type && kind.section == section && kind.type == *type) {
        return &kind;
      }
    }
    return nullptr;
  }

  static std::vector<std::string> names_of(const std::vector<AssembledSource*>& sources) {
    std::vector<std::string> names(sources.size());
    std::transform(sources.begin(), sources.end(), names.begin(),
                   [](const AssembledSource* source) { return source->name; });
    return names;
  }

  // The sources that an entry names; optional if there is only one. None after an error.
  std::vector<AssembledSource*> sources_of(TableReader& reader) {
    if (!reader.has("source")) {
      if (assembly_.sources.size() == 1) {
        return {assembly_.sources.front().get()};
      }
      if (!have_one_name()) {
        reader.missing("source", "the name of a source");
      }
      return {};
    }
    const std::optional<std::vector<std::string>> names = reader.strings("source");
    std::vector<AssembledSource*> sources;
    for (const std::string& name : names.value_or(std::vector<std::string>{})) {
      AssembledSource* const source = find_source(name);
      if (source == nullptr) {
        std::vector<std::string> known = source_names();
        reader.error("source", "no [[source]] is named '" + name + "'" + did_you_mean(name, known));
        return {};
      }
      if (std::find(sources.begin(), sources.end(), source) != sources.end()) {
        reader.error("source", "'source' lists '" + name + "' twice; its records would count twice");
        return {};
      }
      sources.push_back(source);
    }
    if (names && names->empty()) {
      reader.error("source", "'source' is empty; expected the name of a source, or a list of names");
    }
    return sources;
  }

  // Then what is wrong is said of the second one of them.
  bool have_one_name() const {
    return !assembly_.sources.empty() &&
           std::all_of(assembly_.sources.begin(), assembly_.sources.end(),
                       [this](const auto& source) { return source->name == assembly_.sources.front()->name; });
  }

  AssembledSource* find_source(std::string_view name) {
    for (const auto& source : assembly_.sources) {
      if (source->name == name) {
        return source.get();
      }
    }
    return nullptr;
  }

  std::vector<std::string> source_names() const {
    std::vector<std::string> names;
    for (const auto& source : assembly_.sources) {
      names.push_back(source->name);
    }
    return names;
  }

  static std::string title(const std::string& section, const ConfigTable& table) {
    const ConfigValue* name = table.find("name");
    const std::string* text = name == nullptr ? nullptr : name->get_if<std::string>();
    return "[[" + section + "]]" + (text == nullptr ? "" : " '" + *text + "'");
  }

  const ConfigTable& config_;
  const AssemblyOptions& options_;
  FileSystem& files_;
  Diagnostics& diagnostics_;
  Assembly assembly_;
  std::set<std::string> names_;
};

}  // namespace

std::vector<ConfigSection> config_sections() {
  std::vector<ConfigSection> sections = {{"agent", false}, {"rules", false}, {"source"}};
  for (std::string& section : monitor_sections()) {
    sections.push_back({std::move(section)});
  }
  for (const char* const section : {"external_metric", "maintenance", "alert", "row", "panel"}) {
    sections.push_back({section});
  }
  return sections;
}

std::optional<Assembly> assemble(const ConfigTable& config, const AssemblyOptions& options, FileSystem& files,
                                 Diagnostics& diagnostics) {
  Assembly assembly = Assembler(config, options, files, diagnostics).run();
  if (diagnostics.has_errors()) {
    return std::nullopt;
  }
  return assembly;
}

}  // namespace leeway
