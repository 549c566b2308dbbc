#include "agent/panels/panel_entry.h"

#include <algorithm>
#include <array>

#include "agent/config/table_reader.h"
#include "agent/core/nearest_word.h"
#include "agent/panels/panel_parts.h"
#include "agent/panels/panel_scope.h"
#include "agent/promql/promql_check.h"

namespace leeway {
namespace {

struct UnitName {
  std::string_view name;
  PanelUnit unit;
};
constexpr std::array<UnitName, 12> kUnits = {{{"none", PanelUnit::kNone},
                                              {"seconds", PanelUnit::kSeconds},
                                              {"bytes", PanelUnit::kBytes},
                                              {"ratio", PanelUnit::kRatio},
                                              {"per_second", PanelUnit::kPerSecond},
                                              {"requests_per_second", PanelUnit::kRequestsPerSecond},
                                              {"bytes_per_second", PanelUnit::kBytesPerSecond},
                                              {"timestamp", PanelUnit::kTimestamp},
                                              {"bool", PanelUnit::kBool},
                                              {"usd", PanelUnit::kDollars},
                                              {"eur", PanelUnit::kEuros},
                                              {"gbp", PanelUnit::kPounds}}};
struct KindName {
  std::string_view name;
  PanelKind kind;
};
constexpr std::array<KindName, 4> kKinds = {{{"graph", PanelKind::kTimeSeries},
                                             {"stat", PanelKind::kStat},
                                             {"gauge", PanelKind::kGauge},
                                             {"table", PanelKind::kTable}}};

std::string title_of(const ConfigTable& table, std::string_view section) {
  const ConfigValue* title = table.find("title");
  const std::string* text = title == nullptr ? nullptr : title->get_if<std::string>();
  return "[[" + std::string(section) + "]]" + (text == nullptr ? "" : " '" + *text + "'");
}

template <typename Names>
std::vector<std::string> words(const Names& names) {
  std::vector<std::string> result;
  result.reserve(std::size(names));
  for (const auto& entry : names) {
    result.emplace_back(entry.name);
  }
  return result;
}

void add_row(const std::string& title, Catalog& catalog) {
  if (std::find(catalog.rows.begin(), catalog.rows.end(), title) == catalog.rows.end()) {
    catalog.rows.push_back(title);
  }
}

// Moves the panels of a metric to the end of the row, so that they are in the order of the row's list.
bool claim(const std::string& metric, const std::string& row, Catalog& catalog) {
  const auto shows = [&](const Panel& panel) {
    return panel.dashboard == DashboardKind::kPack && panel.row == kOtherMetrics && !panel.metrics.empty() &&
           panel.metrics.front() == metric;
  };
  const auto first = std::stable_partition(catalog.panels.begin(), catalog.panels.end(),
                                           [&](const Panel& panel) { return !shows(panel); });
  for (auto panel = first; panel != catalog.panels.end(); ++panel) {
    panel->row = row;
  }
  return first != catalog.panels.end();
}

void check_title_is_free(TableReader& reader, const Panel& panel, const Catalog& catalog) {
  const bool taken = std::any_of(catalog.panels.begin(), catalog.panels.end(), [&panel](const Panel& other) {
    return other.dashboard == DashboardKind::kPack && other.row == panel.row && other.title == panel.title;
  });
  if (taken) {
    reader.error("title", "row '" + panel.row + "' already has a panel with this title");
  }
}

void read_queries(TableReader& reader, const Catalog& catalog, Panel& panel) {
  const std::vector<std::string> queries = reader.strings("promql").value_or(std::vector<std::string>{});
  const std::vector<std::string> legends = reader.strings("legend").value_or(std::vector<std::string>{});
  if (queries.empty()) {
    reader.missing("promql", "PromQL, or a list of several queries");
  }
  if (legends.size() > queries.size()) {
    reader.error("legend", "there are more legends than queries");
  }
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const PromqlReport report = check_promql(queries[i], catalog);
    for (const PromqlProblem& problem : report.problems) {
      reader.error("promql", "at character " + std::to_string(problem.offset + 1) + ": " + problem.message);
    }
    for (const std::string& metric : report.metrics) {
      if (std::find(panel.metrics.begin(), panel.metrics.end(), metric) == panel.metrics.end()) {
        panel.metrics.push_back(metric);
      }
    }
    panel.queries.push_back({with_dashboard_variables(queries[i], catalog), i < legends.size() ? legends[i] : "",
                             panel.kind != PanelKind::kTimeSeries});
  }
}

}  // namespace

void read_row(const ConfigValue& entry, Catalog& catalog, Diagnostics& diagnostics) {
  const ConfigTable& table = *entry.get_if<ConfigTable>();
  TableReader reader(table, entry.position(), title_of(table, "row"), diagnostics);
  const std::string title = reader.required_string("title");
  if (std::find(catalog.rows.begin(), catalog.rows.end(), title) != catalog.rows.end() && !title.empty()) {
    reader.error("title", "a row with this title exists already; titles of rows are unique");
  }
  add_row(title, catalog);
  std::vector<std::string> known;
  for (const MetricDesc& metric : catalog.metrics.metrics().first(catalog.configured_metrics)) {
    known.push_back(metric.name);
  }
  for (const std::string& metric : reader.strings("metrics").value_or(std::vector<std::string>{})) {
    if (std::find(known.begin(), known.end(), metric) == known.end()) {
      reader.error("metrics", "no [[metric]] is named '" + metric + "'" + did_you_mean(metric, known));
    } else if (!claim(metric, title, catalog)) {
      reader.error("metrics", "'" + metric + "' is already in an earlier row");
    }
  }
  reader.report_unused_keys();
}

void read_panel(const ConfigValue& entry, Catalog& catalog, Diagnostics& diagnostics) {
  const ConfigTable& table = *entry.get_if<ConfigTable>();
  TableReader reader(table, entry.position(), title_of(table, "panel"), diagnostics);
  Panel panel;
  panel.title = reader.required_string("title");
  panel.row = reader.string("row", kOtherMetrics);
  if (panel.row != kOtherMetrics) {
    add_row(panel.row, catalog);
  }
  panel.description = reader.required_string("description");
  const std::string kind = reader.choice("show", words(kKinds), "graph");
  panel.kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindName& k) { return k.name == kind; })->kind;
  const std::string unit = reader.choice("unit", words(kUnits), "none");
  panel.unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const UnitName& u) { return u.name == unit; })->unit;
  constexpr int kColumns = 24;
  panel.width = static_cast<int>(reader.integer("width", 1, kColumns, panel.width));
  read_queries(reader, catalog, panel);
  check_title_is_free(reader, panel, catalog);
  reader.report_unused_keys();
  catalog.panels.push_back(std::move(panel));
}

}  // namespace leeway
