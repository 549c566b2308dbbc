#include "agent/monitors/drift/drift_settings.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "agent/alerts/alert_keys.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/drift/drift_columns.h"
#include "agent/monitors/drift/drift_notes.h"
#include "agent/monitors/drift/drift_reference.h"
#include "agent/monitors/drift/drift_window.h"
#include "agent/monitors/shared/segments.h"
#include "agent/sketches/null_scores.h"

namespace leeway {
namespace {

constexpr std::size_t kMostSeries = 200'000;
constexpr std::int64_t kMostBins = 50;
constexpr std::int64_t kMostCategoryBins = 1000;
constexpr double kDefaultRate = 0.01;
constexpr double kHighestRate = 0.2;
constexpr double kDefaultPseudoCount = 0.5;
constexpr std::uint64_t kFewestDraws = 2000;
constexpr std::uint64_t kMostDraws = 20'000;
constexpr double kDrawsBeyondLevel = 100;  // wanted: the rate then holds within 10 % for each single reference; where
                                           // that takes more than kMostDraws, the tail is extrapolated

void read_methods(TableReader& reader, DriftSettings& settings) {
  std::string known;
  for (std::size_t i = 0; i < kDriftMethods; ++i) {
    known += i == 0 ? "" : ", ";
    known += to_string(static_cast<DriftMethod>(i));
  }
  for (const std::string& name : reader.strings("method").value_or(std::vector<std::string>{})) {
    const std::optional<DriftMethod> method = drift_method(name);
    if (!method) {
      reader.error("method", "'" + name + "' is not a method; expected one or more of " + known);
    } else if (std::find(settings.methods.begin(), settings.methods.end(), *method) == settings.methods.end()) {
      settings.methods.push_back(*method);
    }
  }
}

void read_bins(TableReader& reader, DriftSettings& settings) {
  ReferenceOptions& options = settings.reference;
  const ConfigValue* const value = reader.value("bins", KeyType::kInteger | KeyType::kText | KeyType::kNumbers);
  if (value != nullptr && value->get_if<std::string>() != nullptr) {
    const std::string name = reader.choice("bins", {"evidently", "nannyml"}).value_or("evidently");
    options.rule = name == "nannyml" ? BinRule::kNannyMl : BinRule::kEvidently;
  } else if (value != nullptr && value->get_if<ConfigArray>() != nullptr) {
    options.rule = BinRule::kGiven;
    options.edges = reader.numbers("bins").value_or(std::vector<double>{});
    const bool ascend =
        std::adjacent_find(options.edges.begin(), options.edges.end(), std::greater_equal<>()) == options.edges.end() &&
        std::all_of(options.edges.begin(), options.edges.end(), [](double edge) { return std::isfinite(edge); });
    if (options.edges.empty() || options.edges.size() >= static_cast<std::size_t>(kMostBins) || !ascend) {
      reader.error("bins", "'bins' is not a list of 1 to " + std::to_string(kMostBins - 1) + " ascending edges");
    }
  } else {
    options.bins = static_cast<std::uint32_t>(reader.integer("bins", 2, kMostBins, 10));
  }
}

// Whether rows of two files are never in the same segment.
bool tells_files_apart(const Expression& segment, const SourceDefinition& source) {
  Schema schema;
  const Expected<Expression> compiled = Expression::compile(segment.text(), schema);
  return compiled && std::any_of(schema.fields().begin(), schema.fields().end(),
                                 [&](const FieldPath& field) { return source.is_of_path(field); });
}

// A score has to say which file it is of.
void check_files(MonitorContext& context, const DriftSettings& settings) {
  if (!settings.by_version || context.definition == nullptr || !context.definition->has_several_files() ||
      (settings.segment && tells_files_apart(*settings.segment, *context.definition))) {
    return;
  }
  context.reader.error(
      settings.segment ? "segment" : "columns",
      "the source has several files with versions of their own, so the score would be that of whichever was read last; "
      "give the source `replaces = \"any\"` if each file takes the place of the one before, such as one a day, or "
      "`version = \"all\"` to judge all of them together, or `path_fields`, one of whose fields 'segment' uses, to "
      "judge "
      "each by itself");
}

void check_rolling(TableReader& reader, const DriftSettings& settings) {
  if (!settings.rolling()) {
    return;
  }
  if (settings.slots != 1) {
    reader.error("window",
                 "a rolling reference is made anew after each window, so windows do not slide; expected one "
                 "without 'step' and of one version");
  } else if (settings.last_versions != 0 && !settings.by_version) {
    reader.error("reference", "'last_versions' needs windows that are versions; expected 'last', such as \"7d\"");
  } else if (settings.last_time != Duration{} && settings.last_time < settings.step_time) {
    reader.error("reference", "'last' is shorter than the window; expected several times its length");
  } else if (settings.export_bins) {
    reader.error("export_bins", "the bins of a rolling reference change with each window, so they have no series");
  }
}

void read_bands(TableReader& reader, DriftSettings& settings) {
  std::optional<TableReader> table = reader.table("bands");
  if (!table) {
    return;
  }
  const std::optional<double> moderate = table->number("moderate");
  const std::optional<double> severe = table->number("severe");
  if (!moderate || !severe || !(*moderate >= 0) || !(*severe > *moderate) || !std::isfinite(*severe)) {
    reader.error("bands",
                 "'bands' are not ascending scores; expected a table such as { moderate = 0.2, severe = 0.3 }");
  }
  settings.bands = DriftBands{moderate.value_or(0), severe.value_or(0)};
  table->report_unused_keys();
}

void read_threshold(TableReader& reader, DriftSettings& settings) {
  const ConfigValue* value = reader.value("threshold", KeyType::kText | KeyType::kNumber, {"calibrated"});
  const std::string* text = value == nullptr ? nullptr : value->get_if<std::string>();
  if (value == nullptr || (text != nullptr && *text == "calibrated")) {
    return;
  }
  settings.threshold = text == nullptr ? reader.number("threshold") : std::nullopt;
  if (!settings.threshold || !(*settings.threshold >= 0) || !std::isfinite(*settings.threshold)) {
    reader.error("threshold", "'threshold' is neither \"calibrated\" nor a score of 0 or more");
  }
}

// Thresholds of p-values need no draws.
bool needs_draws(const DriftSettings& settings) {
  return settings.methods.empty() || !std::all_of(settings.methods.begin(), settings.methods.end(), is_p_value);
}

void read_rate(TableReader& reader, DriftSettings& settings) {
  settings.false_alarm_rate = reader.number("false_alarm_rate", kDefaultRate);
  const std::string family = reader.choice("family", {"holm", "bh", "none"}, "holm");
  settings.family = family == "holm" ? Family::kHolm : family == "bh" ? Family::kBenjaminiHochberg : Family::kNone;
  const double tests = static_cast<double>(settings.most_scores());
  const double strictest = settings.false_alarm_rate / (settings.family == Family::kNone ? 1 : tests);
  if (!(settings.false_alarm_rate > 0) || settings.false_alarm_rate > kHighestRate) {
    reader.error("false_alarm_rate", "'false_alarm_rate' is " + number_text(settings.false_alarm_rate) +
                                         "; expected a share of checks above 0 and up to " + number_text(kHighestRate));
  } else if (!settings.threshold && needs_draws(settings) && strictest < kLeastLevel) {
    reader.error("false_alarm_rate", "with " + number_text(tests) + " scores per check the rate is " +
                                         number_text(without_noise(strictest)) + " each, which is less than the " +
                                         number_text(kLeastLevel) +
                                         " that can be calibrated; raise 'false_alarm_rate', or watch fewer columns");
  }
}

// An error if the monitor could fill the memory of a Prometheus server.
void check_series(TableReader& reader, const DriftSettings& settings) {
  constexpr std::size_t kSeriesOfColumn = 8;
  constexpr std::size_t kSeriesOfScore = 7;
  const std::size_t methods =
      settings.methods.empty() ? settings.methods_for(ColumnKind::kNumber).size() : settings.methods.size();
  const std::size_t bins =
      settings.export_bins ? 2 * std::max(settings.reference.bins, settings.reference.max_categories + 2 * kTextClasses)
                           : 0;
  const std::size_t segments = settings.segment ? settings.max_segments : 1;
  const std::size_t series = settings.columns.size() * (kSeriesOfColumn + kSeriesOfScore * methods + bins) * segments;
  if (series > kMostSeries) {
    reader.error("columns",
                 "it could have " + std::to_string(series) + " series: " + std::to_string(settings.columns.size()) +
                     " columns, " + std::to_string(methods) + " methods, " + std::to_string(segments) + " segments" +
                     (bins != 0 ? ", with the rows of each bin" : "") + "; expected at most " +
                     std::to_string(kMostSeries) + ": fewer columns (key 'exclude'), methods or 'max_segments'");
  }
}

// Of a reference that is known now.
void check_methods(TableReader& reader, const DriftSettings& settings) {
  if (!settings.profile) {
    return;
  }
  for (const DriftColumnSettings& column : settings.columns) {
    const auto reference = settings.profile->columns.find(column.label);
    if (reference == settings.profile->columns.end()) {
      continue;
    }
    const std::string_view reason = settings.unsuited(reference->second);
    const std::string few = words_of_few_rows(settings, reference->second);
    if (!few.empty()) {
      reader.diagnostics().warning(reader.position("method"),
                                   reader.what() + ": the column '" + column.label + "' " + few);
    }
    if (!reason.empty()) {
      reader.diagnostics().warning(reader.position("method"), reader.what() + ": the column '" + column.label +
                                                                  "' is never judged: it " + explain_unsuited(reason) +
                                                                  "; add a method that suits it, or leave it out");
    }
  }
}

void read_alert_settings(TableReader& reader, DriftSettings& settings) {
  std::optional<TableReader> table = reader.table("alerts");
  if (!table) {
    return;
  }
  settings.alerts.enabled = table->boolean("enabled", true);
  settings.alerts.stem = read_alert_stem(*table, "Drift");
  settings.alerts.hold = read_hold(*table, {});
  settings.alerts.team = table->string("team").value_or("");
  settings.alerts.runbook = read_runbook(*table);
  table->report_unused_keys();
}

}  // namespace

std::string explain_unsuited(std::string_view reason) {
  return reason == "method_for_text"      ? "holds numbers, and every 'method' is for texts"
         : reason == "method_for_numbers" ? "holds texts, and every 'method' is for numbers"
         : reason == "too_many_values"    ? "has too many values for unseen_category"
                                          : "has more than two values, and z_test_p_value is for two";
}

std::vector<DriftMethod> DriftSettings::methods_for(ColumnKind kind) const {
  if (methods.empty()) {
    return {kind == ColumnKind::kNumber ? DriftMethod::kWasserstein : DriftMethod::kJensenShannon,
            DriftMethod::kNullRate};
  }
  std::vector<DriftMethod> result;
  std::copy_if(methods.begin(), methods.end(), std::back_inserter(result),
               [kind](DriftMethod method) { return applies_to(method, kind); });
  return result;
}

std::string_view DriftSettings::unsuited(const ColumnReference& column) const {
  const std::vector<DriftMethod> suited = methods_for(column.kind);
  if (suited.empty()) {
    return column.kind == ColumnKind::kNumber ? "method_for_text" : "method_for_numbers";
  }
  const bool tells_unseen = column.kind == ColumnKind::kNumber || column.tells_unseen();
  const auto is_limited = [&](DriftMethod method) {
    return method == DriftMethod::kZTestP || (method == DriftMethod::kUnseenCategory && !tells_unseen);
  };
  if (!std::all_of(suited.begin(), suited.end(), is_limited)) {
    return "";
  }
  std::vector<double> rows(column.bin_count());
  column.to_bins(column.counts, rows);
  return std::count_if(rows.begin() + 1, rows.end(), [](double count) { return count > 0; }) > 2
             ? (suited.front() == DriftMethod::kZTestP ? "method_for_two_values" : "too_many_values")
             : "";
}

std::size_t DriftSettings::most_scores() const {
  return columns.size() * (methods.empty() ? methods_for(ColumnKind::kNumber).size() : methods.size());
}

std::uint64_t DriftSettings::draws() const {
  if (threshold) {
    return kFewestDraws - 1;  // for the noise floor alone
  }
  const double strictest = false_alarm_rate / (family == Family::kNone ? 1 : static_cast<double>(most_scores()));
  const auto wanted = static_cast<std::uint64_t>(std::ceil(kDrawsBeyondLevel / strictest));
  return std::clamp(wanted, kFewestDraws, kMostDraws) - 1;
}

std::string DriftSettings::bins_text() const {
  switch (reference.rule) {
    case BinRule::kEvidently:
      return "evidently";
    case BinRule::kNannyMl:
      return "nannyml";
    case BinRule::kGiven: {
      std::string text;
      for (const double edge : reference.edges) {
        text += (text.empty() ? "" : " ") + number_text(edge);
      }
      return text;
    }
    default:
      return std::to_string(reference.bins);
  }
}

std::string DriftSettings::window_text() const {
  if (by_version) {
    return std::to_string(slots) + (slots > 1 ? " versions" : " version");
  }
  if (step_rows != 0) {
    return std::to_string(step_rows * slots) + " rows" + (slots > 1 ? " by " + std::to_string(step_rows) : "");
  }
  return format_duration(step_time * static_cast<std::int64_t>(slots)) +
         (slots > 1 ? " by " + format_duration(step_time) : "");
}

std::string DriftSettings::reference_text() const {
  if (profile) {
    return "profile " + profile->id();
  }
  if (rolling()) {
    return "last " + (last_versions != 0 ? std::to_string(last_versions) + " versions" : format_duration(last_time));
  }
  return first_rows != 0 ? "first " + std::to_string(first_rows) + " rows" : "first " + format_duration(first_time);
}

namespace {

// `reference` is null if it could not be read; the rest may still have errors.
DriftSettings read_with(MonitorContext& context, DriftReferenceTable* reference) {
  TableReader& reader = context.reader;
  Schema& schema = context.schema();
  DriftSettings settings;
  settings.name = reader.required_string("name");
  settings.source = reference == nullptr ? "" : reference->source;
  read_drift_columns(context, reference, settings);
  read_methods(reader, settings);
  read_bins(reader, settings);
  settings.reference.max_categories =
      static_cast<std::uint32_t>(reader.integer("max_categories", 1, kMostCategoryBins, 50));
  settings.time_field = context.definition == nullptr ? "" : context.definition->time_field();
  read_drift_window(context, settings);
  settings.reference.order = read_row_order(context, reference == nullptr ? nullptr : &reference->table);
  if (reference != nullptr) {
    read_reference(context, reference->table, settings);
  }
  apply_reference_decision(context, settings);
  settings.segment = reader.expression("segment", schema);
  settings.max_segments = read_max_segments(reader);
  check_files(context, settings);
  settings.export_bins = reader.boolean("export_bins", false);
  check_rolling(reader, settings);
  read_bands(reader, settings);
  read_threshold(reader, settings);
  warn_of_limits_of_p_values(reader, settings);
  read_rate(reader, settings);
  read_min_rows(reader, settings);
  settings.pseudo_count = reader.number("pseudo_count", kDefaultPseudoCount);
  if (!(settings.pseudo_count > 0) || !std::isfinite(settings.pseudo_count)) {
    reader.error("pseudo_count", "'pseudo_count' is not above 0; expected rows to add to each bin, such as 0.5");
  }
  check_series(reader, settings);
  check_methods(reader, settings);
  read_alert_settings(reader, settings);
  return settings;
}

}  // namespace

std::vector<DriftSettings> read_drift_settings(MonitorContext& context) {
  std::vector<DriftSettings> result;
  std::vector<DriftReferenceTable> all = read_references(context.reader);
  result.reserve(all.size() + 1);
  for (DriftReferenceTable& reference : all) {
    result.push_back(read_with(context, &reference));
  }
  if (result.empty()) {
    result.push_back(read_with(context, nullptr));
  }
  return result;
}

}  // namespace leeway
