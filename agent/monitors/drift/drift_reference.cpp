#include "agent/monitors/drift/drift_reference.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "agent/monitors/drift/drift_column.h"
#include "agent/monitors/drift/reference_reader.h"
#include "agent/sketches/fixed_bins.h"

namespace leeway {
namespace {

constexpr std::int64_t kLongestReference = 1'000'000'000;
constexpr std::size_t kMostReferences = 10;
constexpr std::int64_t kMostVersions = 31;   // of a rolling reference: each is kept
constexpr std::size_t kLongestSource = 100;  // bytes of a label of every series

// The profile of all records of the files that the table's key `file` names, read as the table specifies, with the
// columns of `settings`, whose expressions use `schema`. No value after an error.
std::optional<DriftProfile> capture_reference(TableReader& table, MonitorContext& context, DriftSettings& settings) {
  if (settings.all_columns && settings.columns.empty()) {
    return std::nullopt;  // reading them has failed
  }
  std::vector<DriftColumn> columns;
  for (std::size_t i = 0; i < settings.columns.size(); ++i) {
    columns.emplace_back(settings);
  }
  ReferenceReader reader(settings, table.has("time") ? "" : settings.time_field, context.schema());
  const bool read = context.read_records(
      table, "file", context.schema(), [&](const RecordBatch& batch) { reader.add(batch, settings.columns, columns); });
  reader.finish(columns);
  if (!read) {
    return std::nullopt;
  }
  if (columns.empty() || columns.front().reference_rows() < std::uint64_t{kLeastReferenceRows}) {
    table.error("file", "the reference has " + std::to_string(columns.empty() ? 0 : columns.front().reference_rows()) +
                            " records; expected at least " + std::to_string(kLeastReferenceRows));
    return std::nullopt;
  }
  DriftProfile profile;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string& label = settings.columns[i].label;
    columns[i].freeze();
    if (!columns[i].frozen() && columns[i].facts().values() == 0 && !settings.all_columns) {
      table.diagnostics().warning(table.position("file"),
                                  "[[drift]] '" + settings.name + "': no record of the reference has a value of '" +
                                      label + "', which is therefore compared with nothing; expected files with it");
    }
    if (columns[i].frozen()) {
      ColumnReference& reference = profile.columns.emplace(label, *columns[i].reference()).first->second;
      if (context.reader.has("segment")) {
        reference.windows.clear();  // those of a segment have some of their rows only
      }
    } else {
      profile.not_comparable.emplace(label, columns[i].facts());
    }
  }
  return profile;
}

// Whether the reference's bins are cut as configured; their number may differ.
bool has_bins(const ColumnReference& reference, const ReferenceOptions& options) {
  if (reference.rule != options.rule || options.rule != BinRule::kGiven || reference.kind != ColumnKind::kNumber) {
    return reference.rule == options.rule;
  }
  const std::vector<std::string> names = given_bins(options.edges).names;
  return std::equal(names.begin(), names.end(), reference.bin_names.begin() + 1, reference.bin_names.end());
}

void check_profile(TableReader& reader, const char* key, const std::string& where, DriftSettings& settings) {
  if (settings.all_columns) {
    std::erase_if(settings.columns,
                  [&](const DriftColumnSettings& column) { return !settings.profile->has(column.label); });
  }
  for (const DriftColumnSettings& column : settings.columns) {
    const auto found = settings.profile->columns.find(column.label);
    if (!settings.profile->has(column.label)) {
      reader.error(key, where + " has no column '" + column.label + "'");
    } else if (found != settings.profile->columns.end() && !has_bins(found->second, settings.reference)) {
      reader.error(key, where + " was captured with another definition of 'bins' than " + settings.bins_text() +
                            "; write 'bins' as it was then, or capture the reference again");
    }
  }
}

// What the rows were when it was captured is for the configuration to say.
void forget_order(DriftSettings& settings) {
  for (auto& [label, column] : settings.profile->columns) {
    if (settings.reference.order == RowOrder::kAny) {
      column.dependence.clear();
    }
  }
}

void read_profile(TableReader& table, FileSystem& files, DriftSettings& settings) {
  const Expected<std::string> text = read_reference_file(files, settings.profile_path);
  if (!text) {
    table.error("profile", text.error().message);
    return;
  }
  Expected<DriftProfile> profile = parse_profile(*text);
  if (!profile) {
    table.error("profile", settings.profile_path + ": " + profile.error().message);
    return;
  }
  settings.profile = std::move(*profile);
  settings.reference_id = "profile " + settings.profile->id();
  check_profile(table, "profile", settings.profile_path, settings);
  forget_order(settings);
}

// Whether the text can be a label value that users read and type.
bool is_source_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestSource &&
         std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

std::string read_source_name(TableReader& table, std::set<std::string>& names) {
  if (!table.has("name")) {
    table.missing("name", "of each reference of a list: the value of the label 'source'");
  }
  std::string name = table.string("name").value_or("");
  if (table.has("name") && !is_source_name(name)) {
    table.error("name", "a reference's 'name' is the value of a label; expected 1 to " +
                            std::to_string(kLongestSource) + " bytes without control characters");
  } else if (!names.insert(name).second && !name.empty()) {
    table.error("name", "there is a reference '" + name + "' already; names are unique");
  }
  return name;
}

}  // namespace

std::vector<DriftReferenceTable> read_references(TableReader& reader) {
  std::vector<DriftReferenceTable> result;
  const ConfigValue* const value = reader.value("reference", KeyType::kTable | KeyType::kTables);
  const ConfigArray* const list = value == nullptr ? nullptr : value->get_if<ConfigArray>();
  if (list == nullptr) {
    if (value == nullptr) {
      reader.missing("reference",
                     "{ first_rows = 10000 }, { first = \"7d\" }, { last = \"7d\" }, { file = \"DATA\" } or { profile "
                     "= \"FILE\" }");
    } else if (std::optional<TableReader> table = reader.table("reference")) {
      result.push_back({"", std::move(*table)});
    }
    return result;
  }
  if (list->empty() || list->size() > kMostReferences) {
    reader.error("reference", "'reference' lists " + std::to_string(list->size()) + " references; expected 1 to " +
                                  std::to_string(kMostReferences));
    return result;
  }
  std::set<std::string> names;
  for (const ConfigValue& entry : *list) {
    const ConfigTable* const table = entry.get_if<ConfigTable>();
    if (table == nullptr) {
      reader.diagnostics().error(entry.position(), reader.what() + ": an entry of 'reference' is " +
                                                       std::string(entry.type_name()) +
                                                       "; expected a table such as { name = \"training\", file = "
                                                       "\"DATA\" }");
      continue;
    }
    TableReader inner(*table, entry.position(), reader.what() + ": reference", reader.diagnostics());
    std::string source = read_source_name(inner, names);
    result.push_back({std::move(source), std::move(inner)});
  }
  return result;
}

// Tables are often sorted: those of files with versions, and a file that is the reference, also of a stream.
RowOrder read_row_order(MonitorContext& context, TableReader* reference) {
  const std::optional<std::string> order = context.reader.choice("row_order", {"time", "any"});
  if (order) {
    return *order == "any" ? RowOrder::kAny : RowOrder::kTime;
  }
  const bool is_table = context.has_file_versions || (reference != nullptr && reference->has("file"));
  return is_table ? RowOrder::kDetected : RowOrder::kTime;
}

void read_reference(MonitorContext& context, TableReader& table, DriftSettings& settings) {
  const std::optional<std::int64_t> rows = table.integer("first_rows", kLeastReferenceRows, kLongestReference);
  const std::optional<Duration> time = table.duration("first");
  const std::optional<Duration> last = table.duration("last");
  const std::optional<std::int64_t> versions = table.integer("last_versions", 1, kMostVersions);
  settings.profile_path = table.string("profile").value_or("");
  const int given = int{table.has("first_rows")} + int{table.has("first")} + int{table.has("last")} +
                    int{table.has("last_versions")} + int{table.has("file")} + int{table.has("profile")};
  if (given != 1) {
    table.error("first_rows",
                "what is the reference? expected one of 'first_rows', 'first', 'last', 'last_versions', "
                "'file' and 'profile'");
  } else if (table.has("file")) {
    settings.profile = capture_reference(table, context, settings);
    settings.reference_id = settings.profile ? "file " + settings.profile->id() : "";
  } else if (table.has("profile")) {
    read_profile(table, context.files, settings);
  }
  settings.first_rows = static_cast<std::uint64_t>(rows.value_or(0));
  settings.first_time = time.value_or(Duration{});
  settings.last_time = last.value_or(Duration{});
  settings.last_versions = static_cast<std::uint64_t>(versions.value_or(0));
  table.report_unused_keys();
}

void apply_reference_decision(MonitorContext& context, DriftSettings& settings) {
  TableReader& reader = context.reader;
  Expected<ReferenceDecision> decision =
      read_reference_decision(context.files, context.state_dir, settings.reference_key());
  if (!decision) {
    reader.error("name", decision.error().message);
    return;
  }
  if (decision->generation == 0) {
    return;
  }
  settings.reference_id += " decision " + std::to_string(decision->generation);
  if (decision->profile) {
    settings.profile = std::move(decision->profile);
    check_profile(reader, "name", "the reference that was imported", settings);
    forget_order(settings);
  }
}

}  // namespace leeway
