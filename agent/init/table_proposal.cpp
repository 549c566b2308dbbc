#include "agent/init/table_proposal.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "agent/core/whole_file.h"
#include "agent/init/csv_choice.h"
#include "agent/init/field_roles.h"
#include "agent/init/value_facts.h"
#include "agent/init/zone_choice.h"
#include "collectors/paths/glob.h"

namespace leeway {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostRows = 50'000;
constexpr std::uint64_t kEnoughTimes = 20;
constexpr std::uint64_t kLargestDocument = std::uint64_t{16} << 20;

// By its extension; "" for what is no data file.
std::string format_of(const std::string& path) {
  struct Extension {
    const char* end;
    const char* format;
  };
  for (const Extension& extension :
       std::array<Extension, 4>{{{".csv", "csv"}, {".tsv", "tsv"}, {".parquet", "parquet"}, {".json", "json"}}}) {
    std::string lower = path;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    if (lower.ends_with(extension.end)) {
      return extension.format;
    }
  }
  return "";
}

// The fields of a document that is a list of records, or holds one. No value for anything else, such as a log in JSON.
std::optional<std::vector<std::string>> document_fields(FileSystem& files, const std::string& path, SourceKeys& keys) {
  const Expected<std::string> text = read_whole_file(files, path, kLargestDocument);
  const Json document = text ? Json::parse(*text, nullptr, false) : Json();
  if (!document.is_structured()) {
    return std::nullopt;
  }
  const Json* records = &document;
  std::string where = "*";
  for (const auto& [name, value] : document.items()) {
    if (document.is_object() && value.is_array() && !value.empty() && value.front().is_object()) {
      records = &value;
      where = name + ".*";
      break;
    }
  }
  std::vector<std::string> fields;
  const bool list = records->is_array();
  const Json& record = list && !records->empty() ? records->front() : *records;
  for (const auto& [name, value] : record.items()) {
    if (record.is_object() && !value.is_structured()) {
      fields.push_back(name);
    }
  }
  if (list) {
    keys.emplace_back("records", toml_text(where));
  }
  return fields;
}

// A header that is one column holds the delimiter.
void use_other_delimiter(TableProposal& table, const TrialInput& input, std::vector<std::string>& names) {
  for (const char delimiter : {';', '|', '\t'}) {
    if (names.front().find(delimiter) == std::string::npos) {
      continue;
    }
    SourceKeys keys = table.keys;
    keys.emplace_back("delimiter", toml_text({&delimiter, 1}));
    Expected<std::vector<std::string>> columns = columns_of(keys, input);
    if (columns && columns->size() > 1) {
      table.keys = std::move(keys);
      names = std::move(*columns);
      return;
    }
  }
}

void note_columns(TableProposal& table, const std::vector<std::string>& names, std::vector<ValueFacts>& facts) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string text = FieldPath{{names[i]}}.to_string();
    const std::uint64_t present = facts[i].present();
    const bool numbers = present > 0 && facts[i].number_count() == present;
    table.columns.push_back({text, names[i], numbers, facts[i].quantile(0), facts[i].quantile(1)});
    if (present == facts[i].records() && present > 0) {
      table.never_null.push_back(text);
    }
  }
}

Expected<SourceTrial> read_columns(const TableProposal& table, const TrialInput& input,
                                   const std::vector<std::string>& names, std::vector<ValueFacts>& facts) {
  facts.assign(names.size(), ValueFacts());
  std::vector<FieldId> ids;
  const auto prepare = [&](Schema& schema) {
    for (const std::string& column : names) {
      ids.push_back(schema.intern(FieldPath{{column}}));
    }
  };
  const auto see = [&](const RecordBatch& batch) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      for (const Value& value : batch.column(ids[i])) {
        facts[i].add(value, false);
      }
    }
  };
  return try_source(table.keys, input, prepare, see);
}

std::vector<SampledField> fields_of(const std::vector<std::string>& names, const std::vector<ValueFacts>& facts) {
  std::vector<SampledField> fields;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string lower = names[i];
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    fields.push_back({FieldPath{{names[i]}}.to_string(), lower, facts[i]});
  }
  return fields;
}

// The column that is the time, where "auto" does not read it, and how numbers are written. Returns whether there are
// any.
bool add_cell_keys(TableProposal& table, const std::vector<ValueFacts>& facts, const TimeChoice& time) {
  const std::size_t before = table.keys.size();
  for (auto& key : number_keys_of(facts)) {
    table.keys.push_back(std::move(key));
  }
  if (!time.field.empty()) {
    table.keys.emplace_back("time", toml_text(time.field));
    if (!time.format.empty()) {
      table.keys.emplace_back("time_format", toml_text(time.format));
    }
    if (!time.has_zone) {
      table.doubts.emplace_back("its times have no zone and are read as UTC; set `time_zone` if they are not");
    }
  }
  return table.keys.size() > before;
}

// Whether rows are appended as time goes by. `trial`: of all of them, with their times.
void look_at_times(TableProposal& table, const Expected<FileInfo>& info, const TimeChoice& time,
                   const SourceTrial& trial) {
  constexpr Duration kNear = std::chrono::minutes(5);
  constexpr Duration kSpan = std::chrono::minutes(1);
  if (time.field.empty() || !info || trial.timed < kEnoughTimes || trial.backwards * 100 > trial.timed ||
      trial.last - trial.first < kSpan) {
    return;
  }
  table.time = time.field;
  const bool near = trial.last < info->modified + kNear && info->modified < trial.last + kNear;
  const std::optional<std::chrono::minutes> offset = offset_of(trial.last, info->modified);
  table.appended = table.whole && (near || (offset && !time.has_zone));
  table.doubts.push_back(
      "its rows are in the order of `" + table.time +
      "`: if they are appended, it is a log, `type = \"log\"`, whose rows count once; as a file, all of "
      "it is read again after each change");
}

}  // namespace

FormatChoice as_log(const TableProposal& table) {
  FormatChoice choice;
  choice.formats = {{"rows of a table", table.keys}};
  // Which column is the time is chosen as for any log.
  std::erase_if(choice.formats.front().keys,
                [](const auto& key) { return key.first == "time" || key.first == "time_format"; });
  choice.shares = {1};
  choice.beginnings = {""};
  for (const TableColumn& column : table.columns) {
    choice.columns.push_back(column.name);
  }
  return choice;
}

std::optional<TableProposal> propose_table(FileSystem& files, const std::string& name, const std::string& path) {
  const std::string format = format_of(path);
  if (format.empty()) {
    return std::nullopt;
  }
  TableProposal table{name, Glob::of_path(path)};
  table.keys = {{"format", toml_text(format)}};
  TrialInput input;
  input.type = "file";
  input.path = table.path;
  input.files = &files;
  input.most_records = kMostRows;
  std::vector<std::string> names;
  if (format == "json") {
    std::optional<std::vector<std::string>> fields = document_fields(files, path, table.keys);
    if (!fields) {
      return std::nullopt;
    }
    names = std::move(*fields);
  } else {
    Expected<std::vector<std::string>> columns = columns_of(table.keys, input);
    if (!columns) {
      table.doubts.push_back("it cannot be read: " + columns.error().to_string());
      return table;
    }
    names = std::move(*columns);
    if (format == "csv" && names.size() == 1) {
      use_other_delimiter(table, input, names);
    }
  }
  std::vector<ValueFacts> facts(names.size());
  const bool cells = format == "csv" || format == "tsv";
  Expected<SourceTrial> trial = read_columns(table, input, names, facts);
  const TimeChoice time = trial && cells ? time_of(fields_of(names, facts)) : TimeChoice();
  if (trial && cells && add_cell_keys(table, facts, time)) {
    trial = read_columns(table, input, names, facts);
  }
  if (!trial) {
    table.doubts.push_back("it cannot be read: " + trial.error().to_string());
    return table;
  }
  table.rows = trial->records;
  table.whole = trial->records < kMostRows;
  note_columns(table, names, facts);
  look_at_times(table, files.stat(path), time, *trial);
  return table;
}

}  // namespace leeway
