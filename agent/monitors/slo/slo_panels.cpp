#include "agent/monitors/slo/slo_panels.h"

#include <algorithm>

#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/slo/slo_records.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

// A PromQL string in which Grafana sees no variable: $name, ${name} or [[name]].
std::string quote_for_grafana(std::string_view text) {
  std::string quoted;
  for (const char c : quote_promql(text)) {
    if (c == '$') {
      quoted += "\\x24";
    } else if (c == '[' && quoted.ends_with('[')) {
      quoted += "\\x5b";
    } else {
      quoted += c;
    }
  }
  return quoted;
}

constexpr double kLittleLeft = 0.25;  // of a budget

// Of the alert of a spent budget; without one, a spent budget is a warning.
Severity spent_severity(const SloAlertSettings& settings) {
  return settings.enabled && settings.exhausted.enabled ? settings.exhausted.severity : Severity::kWarning;
}

// Of a panel with the share that is left: little is less than spent.
std::vector<PanelThreshold> budget_limits(Severity spent) {
  const Severity little = spent == Severity::kCritical ? Severity::kWarning : Severity::kInfo;
  return {{0, spent}, {kLittleLeft, little}};
}

// Decimals needed to distinguish a value from the objective, both in per cent.
int decimals_beyond(const std::string& objective_percent) {
  constexpr int kFurther = 2;
  const std::size_t point = objective_percent.find('.');
  return kFurther + (point == std::string::npos ? 0 : static_cast<int>(objective_percent.size() - point - 1));
}

// "{{route}} {{method}}".
std::string template_of(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) {
    text += (text.empty() ? "{{" : " {{") + label + "}}";
  }
  return text;
}

// Panels of one SLO; they share its row and its matcher.
class SloPanels {
 public:
  SloPanels(const SloTarget& target, Catalog& catalog)
      : target_(target), catalog_(catalog), matcher_("slo=" + quote_for_grafana(target.name)) {}

  Panel panel(std::string title, std::string description, PanelKind kind, PanelUnit unit, int width) const {
    Panel panel;
    panel.dashboard = DashboardKind::kSlo;
    panel.row = "SLO " + target_.name;
    panel.title = std::move(title);
    panel.description = std::move(description);
    panel.kind = kind;
    panel.unit = unit;
    panel.width = width;
    return panel;
  }
  // With `by`, each value is a series: "5m /pay", and on panels of single values "/pay".
  std::string legend(const std::string& what, PanelKind kind) const {
    const std::string values = template_of(target_.by);
    return values.empty() ? what : kind == PanelKind::kTimeSeries ? what + " " + values : values;
  }
  void query(Panel& panel, const std::string& metric, const std::string& what, const std::string& after = "") const {
    panel.queries.push_back({recorded_panel_selector(metric, matcher_) + after, legend(what, panel.kind),
                             panel.kind != PanelKind::kTimeSeries});
    panel.metrics.push_back(metric);
  }
  void add(Panel panel) { catalog_.panels.push_back(std::move(panel)); }

  void add_budget(Severity spent);
  void add_burn_rates(const SloAlertSettings& settings);
  void add_events();

 private:
  const SloTarget& target_;
  Catalog& catalog_;
  std::string matcher_;
};

void SloPanels::add_budget(Severity spent) {
  const std::string period = format_duration(target_.period);
  const std::string percent = number_text(without_noise(target_.objective * 100));
  const std::string objective = percent + "%";
  Panel left = panel("Budget left",
                     "Share of the error budget of " + period + " that is left; the objective is " + objective +
                         ". Negative once it is overspent.",
                     PanelKind::kStat, PanelUnit::kRatio, 6);
  query(left, kSloBudgetRemaining, "left");
  left.thresholds = budget_limits(spent);
  left.low_is_bad = true;
  add(std::move(left));
  Panel until =
      panel("Budget lasts", "Time until the budget is spent at the last hour's rate; no value while nothing burns.",
            PanelKind::kStat, PanelUnit::kSeconds, 6);
  query(until, kSloBudgetExhaustion, "lasts");
  add(std::move(until));
  Panel good = panel("Good events of " + period,
                     "Share of the events of the period that were good; the objective is " + objective + ".",
                     PanelKind::kStat, PanelUnit::kRatio, 6);
  good.queries = {
      {"1 - " + recorded_panel_selector(slo_ratio_name(period), matcher_), legend("good", good.kind), true}};
  good.metrics = {slo_ratio_name(period)};
  good.thresholds = {{target_.objective, spent}};
  good.low_is_bad = true;
  good.decimals = decimals_beyond(percent);
  add(std::move(good));
  Panel now = panel("Burn rate of the last hour", "How fast the budget burns: at 1 it lasts exactly " + period + ".",
                    PanelKind::kStat, PanelUnit::kNone, 6);
  query(now, slo_ratio_name("1h"), "burn rate", " / " + number_text(error_budget(target_.objective)));
  now.thresholds = {{1, Severity::kWarning}, {10, Severity::kCritical}};
  add(std::move(now));
  Panel history = panel("Budget left over time", "Share of the error budget of the " + period + " before each moment.",
                        PanelKind::kTimeSeries, PanelUnit::kRatio, 12);
  query(history, kSloBudgetRemaining, "left");
  history.thresholds = {{0, spent}};
  history.low_is_bad = true;
  add(std::move(history));
}

void SloPanels::add_burn_rates(const SloAlertSettings& settings) {
  const std::string budget = " / " + number_text(error_budget(target_.objective));
  Panel rates = panel("Burn rates",
                      "How fast the budget burns over each window of the alerts. An alert fires while both of "
                      "its windows are above its line.",
                      PanelKind::kTimeSeries, PanelUnit::kNone, 12);
  for (const Duration window : recorded_windows(settings, target_.period)) {
    query(rates, slo_ratio_name(format_duration(window)), format_duration(window), budget);
  }
  for (auto tier = settings.tiers.rbegin(); tier != settings.tiers.rend(); ++tier) {
    const bool rising = rates.thresholds.empty() || rates.thresholds.back().value < tier->factor;
    if (settings.enabled && tier->enabled && rising) {
      rates.thresholds.push_back({tier->factor, tier->severity});
      rates.soft_max = tier->factor;
    }
  }
  add(std::move(rates));
}

void SloPanels::add_events() {
  Panel events =
      panel("Events", "All events and bad events per 5 minutes.", PanelKind::kTimeSeries, PanelUnit::kNone, 12);
  query(events, slo_events_name("5m"), "events");
  query(events, slo_bad_events_name("5m"), "bad");
  add(std::move(events));
  Panel share = panel("Bad events", "Share of bad events over a short and a longer window.", PanelKind::kTimeSeries,
                      PanelUnit::kRatio, 12);
  query(share, slo_ratio_name("5m"), "5m");
  query(share, slo_ratio_name("1h"), "1h");
  share.thresholds = {{error_budget(target_.objective), Severity::kWarning}};
  add(std::move(share));
}

// One panel for all objectives of the configuration, with the colours of the most severe alert. Grafana writes nothing
// for a label that a series does not have.
void add_to_overview(const SloTarget& target, Severity spent, Catalog& catalog) {
  Panel budgets;
  budgets.row = kOverviewRow;
  budgets.title = "Error budgets left";
  budgets.description = "Share of each error budget that is left; negative once it is overspent.";
  budgets.kind = PanelKind::kStat;
  budgets.unit = PanelUnit::kRatio;
  budgets.queries = {{recorded_panel_selector(kSloBudgetRemaining), "{{slo}}", true}};
  budgets.metrics = {kSloBudgetRemaining};
  budgets.thresholds = budget_limits(spent);
  budgets.low_is_bad = true;
  auto known = std::find_if(catalog.panels.begin(), catalog.panels.end(), [&](const Panel& panel) {
    return panel.row == budgets.row && panel.title == budgets.title;
  });
  if (known == catalog.panels.end()) {
    known = catalog.panels.insert(known, std::move(budgets));
  }
  known->thresholds = budget_limits(std::min(spent, known->thresholds.front().severity));
  for (const std::string& label : target.by) {
    std::string& legend = known->queries.front().legend;
    const std::string part = " " + template_of({label});
    legend += legend.find(part) == std::string::npos ? part : "";
  }
}

}  // namespace

void add_slo_panels(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  add_to_overview(target, spent_severity(settings), catalog);
  SloPanels panels(target, catalog);
  panels.add_budget(spent_severity(settings));
  panels.add_burn_rates(settings);
  panels.add_events();
}

}  // namespace leeway
