#include "agent/cli/case_file.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include "agent/config/table_reader.h"
#include "agent/config/toml_reader.h"
#include "agent/core/rfc3339.h"
#include "collectors/paths/glob.h"

namespace leeway {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr const char* kFileName = "input.log";

class CaseReader {
 public:
  CaseReader(FileSystem& files, std::string path, Diagnostics& diagnostics)
      : files_(files), directory_(std::filesystem::path(std::move(path)).parent_path()), diagnostics_(diagnostics) {}

  std::string path_of(const std::string& given) const { return (directory_ / given).string(); }
  TestCase read_case(const ConfigValue& entry);

 private:
  std::optional<CaseInput> read_input(TableReader& reader);
  void read_file_name(TableReader& reader, CaseInput& input);
  void add_files(TableReader& reader, const std::string& given, CaseInput& input);
  void read_inputs(TableReader& reader, TestCase& out);
  void read_series(TableReader& reader, TestCase& out);
  ExpectedSeries read_series(const std::string& text, const ConfigValue& value, const std::string& what);
  std::optional<std::vector<ExpectedAlert>> read_alerts(TableReader& reader, const char* key);
  std::optional<ExpectedAlert> read_alert(const ConfigValue& value, const std::string& what);
  // A selector with `=` only.
  Selector read_selector(const std::string& text, const Position& position, const std::string& what);

  FileSystem& files_;
  std::filesystem::path directory_;
  Diagnostics& diagnostics_;
};

std::string title_of(const ConfigTable& table) {
  const ConfigValue* const name = table.find("name");
  const std::string* const text = name == nullptr ? nullptr : name->get_if<std::string>();
  return text == nullptr ? "[[case]]" : "[[case]] '" + *text + "'";
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line;
    text += line.ends_with('\n') || line.empty() ? "" : "\n";
  }
  return text;
}

void CaseReader::read_file_name(TableReader& reader, CaseInput& input) {
  input.file_name = reader.string("file_name").value_or(kFileName);
  if (input.file_name.empty() || input.file_name.find('/') != std::string::npos || input.file_name.starts_with('.')) {
    reader.error("file_name", "'file_name' is \"" + input.file_name + "\"; expected the name of a file");
  }
  const std::optional<std::string> path = reader.string("path");
  if (!path) {
    return;
  }
  if (reader.has("file_name")) {
    reader.error("path", "both 'file_name' and 'path' are given; expected one of them");
  }
  input.file_name = std::filesystem::path(*path).lexically_normal().relative_path().string();
  if (input.file_name.empty() || input.file_name.starts_with('.') || input.file_name.ends_with('/')) {
    reader.error("path",
                 "'path' is \"" + *path + "\"; expected folders and the name of a file, such as \"web/app.log\"");
  }
}

// A path, or the files that a pattern matches, in the order of their names.
void CaseReader::add_files(TableReader& reader, const std::string& given, CaseInput& input) {
  const Glob pattern(path_of(given));
  if (pattern.literal()) {
    input.files.push_back(path_of(given));
    return;
  }
  const GlobResult found = expand(files_, {pattern}, {});
  if (found.paths.empty()) {
    reader.error("files", "'" + given + "' matches no file in '" +
                              (directory_.empty() ? std::string(".") : directory_.string()) +
                              "'; expected a path or a pattern of files that exist");
  }
  input.files.insert(input.files.end(), found.paths.begin(), found.paths.end());
}

std::optional<CaseInput> CaseReader::read_input(TableReader& reader) {
  CaseInput input;
  input.position = reader.position("");
  input.folder = directory_.string();
  input.source = reader.string("source").value_or("");
  read_file_name(reader, input);
  if (const std::optional<std::string> modified = reader.string("modified")) {
    input.modified = parse_rfc3339(*modified);
    if (!input.modified) {
      reader.error("modified", "'modified' is \"" + *modified + "\"; expected a time such as 2025-08-25T19:27:04Z");
    }
  }
  const std::optional<std::vector<std::string>> lines = reader.strings("lines");
  const std::optional<std::vector<std::string>> files = reader.strings("files");
  if (lines && files) {
    reader.error("files", "both 'lines' and 'files' are given; expected one of them");
  }
  if (lines) {
    input.text = joined(*lines);
  }
  for (const std::string& file : files.value_or(std::vector<std::string>())) {
    add_files(reader, file, input);
  }
  return lines || files ? std::optional(input) : std::nullopt;
}

void CaseReader::read_inputs(TableReader& reader, TestCase& out) {
  if (std::optional<CaseInput> own = read_input(reader)) {
    out.inputs.push_back(std::move(*own));
  }
  const ConfigValue* const more = reader.value("input", KeyType::kTables);
  const ConfigArray* const entries = more == nullptr ? nullptr : more->get_if<ConfigArray>();
  if (more != nullptr && entries == nullptr) {
    reader.error("input", "'input' is " + std::string(more->type_name()) + "; expected [[case.input]]");
  }
  for (const ConfigValue& entry : entries == nullptr ? ConfigArray() : *entries) {
    const ConfigTable* const table = entry.get_if<ConfigTable>();
    if (table == nullptr) {
      diagnostics_.error(entry.position(), reader.what() + ": expected [[case.input]]");
      continue;
    }
    TableReader input(*table, entry.position(), reader.what() + ": [[case.input]]", diagnostics_);
    if (std::optional<CaseInput> read = read_input(input)) {
      out.inputs.push_back(std::move(*read));
    } else {
      input.missing("lines", "the lines of the source, or 'files'");
    }
    input.report_unused_keys();
  }
}

Selector CaseReader::read_selector(const std::string& text, const Position& position, const std::string& what) {
  Expected<Selector> selector = parse_selector(text);
  if (!selector) {
    diagnostics_.error(position, what + ": '" + text + "': " + selector.error().message);
    return {};
  }
  for (const LabelMatcher& matcher : selector->matchers) {
    if (matcher.op != "=") {
      diagnostics_.error(position, what + ": '" + text + "' has " + matcher.op + "; expected labels with = only");
    }
  }
  if (selector->metric.empty()) {
    diagnostics_.error(position, what + ": '" + text + "' has no name; expected one before the labels");
  }
  return std::move(*selector);
}

ExpectedSeries CaseReader::read_series(const std::string& text, const ConfigValue& value, const std::string& what) {
  ExpectedSeries series{text, read_selector(text, value.key_position(), what), std::nullopt, 0, value.position()};
  const auto number_of = [](const ConfigValue& number) -> std::optional<double> {
    if (const std::int64_t* const integer = number.get_if<std::int64_t>()) {
      return static_cast<double>(*integer);
    }
    const double* const given = number.get_if<double>();
    return given == nullptr ? std::nullopt : std::optional(*given);
  };
  if (const ConfigTable* const table = value.get_if<ConfigTable>()) {
    TableReader reader(*table, value.position(), what + ": '" + text + "'", diagnostics_);
    series.value = reader.number("value");
    if (!reader.has("value")) {
      reader.missing("value", "a number");
    }
    series.tolerance = reader.number("tolerance").value_or(0);
    if (!(series.tolerance >= 0)) {
      reader.error("tolerance", "'tolerance' is negative; expected a share of the value such as 0.01");
    }
    reader.report_unused_keys();
    return series;
  }
  series.value = number_of(value);
  const std::string* const word = value.get_if<std::string>();
  if (!series.value && (word == nullptr || *word != "absent")) {
    diagnostics_.error(value.position(), what + ": '" + text + "' is " +
                                             (word == nullptr ? std::string(value.type_name()) : "\"" + *word + "\"") +
                                             "; expected a number, \"absent\" or { value = 1, tolerance = 0.01 }");
  }
  return series;
}

void CaseReader::read_series(TableReader& reader, TestCase& out) {
  const std::optional<TableReader> metrics = reader.table("metrics");
  if (!metrics) {
    return;
  }
  for (const auto& [text, value] : metrics->table().entries()) {
    out.series.push_back(read_series(text, value, metrics->what()));
  }
}

std::optional<ExpectedAlert> CaseReader::read_alert(const ConfigValue& value, const std::string& what) {
  if (const std::string* const text = value.get_if<std::string>()) {
    return ExpectedAlert{*text, read_selector(*text, value.position(), what), std::nullopt, value.position()};
  }
  const ConfigTable* const table = value.get_if<ConfigTable>();
  if (table == nullptr) {
    diagnostics_.error(value.position(),
                       what + ": expected the name of an alert, or { alert = \"NAME\", after = \"5m\" }");
    return std::nullopt;
  }
  TableReader reader(*table, value.position(), what, diagnostics_);
  const std::string text = reader.required_string("alert");
  ExpectedAlert alert{text, read_selector(text, reader.position("alert"), what), reader.duration_or_zero("after"),
                      value.position()};
  reader.report_unused_keys();
  return alert;
}

std::optional<std::vector<ExpectedAlert>> CaseReader::read_alerts(TableReader& reader, const char* key) {
  const ConfigValue* const given = reader.value(key, KeyType::kList);
  if (given == nullptr) {
    return std::nullopt;
  }
  const ConfigArray* const entries = given->get_if<ConfigArray>();
  if (entries == nullptr) {
    reader.error(key, "'" + std::string(key) + "' is " + std::string(given->type_name()) + "; expected an array");
    return std::nullopt;
  }
  std::vector<ExpectedAlert> alerts;
  for (const ConfigValue& entry : *entries) {
    if (std::optional<ExpectedAlert> alert = read_alert(entry, reader.what() + ": " + key)) {
      alerts.push_back(std::move(*alert));
    }
  }
  return alerts;
}

TestCase CaseReader::read_case(const ConfigValue& entry) {
  TestCase out;
  out.position = entry.position();
  const ConfigTable& table = *entry.get_if<ConfigTable>();
  TableReader reader(table, entry.position(), title_of(table), diagnostics_);
  out.name = reader.required_string("name");
  read_inputs(reader, out);
  out.run_on = reader.duration_or_zero("run_on").value_or(Duration{});
  out.records = reader.integer("records", 0, kMost);
  out.rejected = reader.integer("rejected", 0, kMost);
  out.ignored = reader.integer("ignored", 0, kMost);
  read_series(reader, out);
  if (const std::optional<double> tolerance = reader.number("tolerance")) {
    for (ExpectedSeries& series : out.series) {
      series.tolerance = series.tolerance == 0 ? *tolerance : series.tolerance;
    }
  }
  out.complete = reader.boolean("complete", false);
  out.alerts = read_alerts(reader, "alerts");
  out.at_end = read_alerts(reader, "alerts_at_end");
  if (out.inputs.empty()) {
    reader.missing("lines", "the lines of the source, or 'files'");
  }
  if (!out.records && !out.rejected && !out.ignored && out.series.empty() && !out.complete && !out.alerts &&
      !out.at_end) {
    reader.error("name", "expects nothing; give 'metrics', 'alerts', 'records' or 'rejected'");
  }
  reader.report_unused_keys();
  return out;
}

}  // namespace

CaseFile read_case_file(FileSystem& files, const std::string& path, Diagnostics& diagnostics) {
  CaseFile out;
  const ConfigTable root = read_toml(files, path, diagnostics);
  if (diagnostics.has_errors()) {
    return out;
  }
  CaseReader cases(files, path, diagnostics);
  TableReader reader(root, Position{path}, "cases", diagnostics);
  if (const std::optional<std::string> config = reader.string("config")) {
    out.config = cases.path_of(*config);
  }
  const ConfigValue* const given = reader.value("case", KeyType::kTables);
  const ConfigArray* const entries = given == nullptr ? nullptr : given->get_if<ConfigArray>();
  for (const ConfigValue& entry : entries == nullptr ? ConfigArray() : *entries) {
    if (entry.get_if<ConfigTable>() != nullptr) {
      out.cases.push_back(cases.read_case(entry));
    }
  }
  if (out.cases.empty() && !diagnostics.has_errors()) {
    reader.missing("case", "[[case]]");
  }
  for (std::size_t i = 1; i < out.cases.size(); ++i) {
    const auto same = [&](const TestCase& other) { return other.name == out.cases[i].name; };
    if (std::any_of(out.cases.begin(), out.cases.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      diagnostics.error(out.cases[i].position, "[[case]] '" + out.cases[i].name + "': another case has that name");
    }
  }
  reader.report_unused_keys();
  return out;
}

}  // namespace leeway
