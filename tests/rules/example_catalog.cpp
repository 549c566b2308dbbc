#include "tests/rules/example_catalog.h"

namespace leeway {
namespace {

AlertRule alert(std::string name, Severity severity, std::string team) {
  AlertRule rule;
  rule.name = std::move(name);
  rule.group = "shop";
  rule.expr = "rate(errors_total[5m]) > 0.5";
  rule.hold = std::chrono::minutes(5);
  rule.severity = severity;
  if (!team.empty()) {
    rule.labels = {{"team", std::move(team)}};
  }
  rule.summary = "Requests fail.";
  rule.metrics = {"errors_total"};
  return rule;
}

AlertRule tier(const char* name, Severity severity) {
  AlertRule rule = alert("ErrorBudgetBurn", severity, "");
  rule.group = "slo";
  rule.labels = {{"slo", "availability"}, {"tier", name}};
  rule.metrics = {"leeway_slo_events_total"};
  return rule;
}

}  // namespace

Catalog example_catalog() {
  Catalog catalog;
  catalog.settings.name = "shop";
  catalog.settings.title = "Corner Shop";
  catalog.alerts = {alert("HighErrorRate", Severity::kCritical, "web"),
                    alert("HighLatency", Severity::kWarning, "web"),
                    alert("QueueLong", Severity::kWarning, "back office"),
                    alert("AgentDown", Severity::kCritical, ""),
                    tier("page-fast", Severity::kCritical),
                    tier("ticket-slow", Severity::kInfo)};
  catalog.alerts[0].runbook = {"Customers see errors.",
                               {"sum by (code) (rate(requests_total[5m]))"},
                               {"Look at the last deploy.", "Roll back."},
                               "after 15m: engineering manager",
                               ""};
  catalog.inhibitions = {{{{"alertname", "ErrorBudgetBurn"}, {"tier", "page-fast"}},
                          {{"alertname", "ErrorBudgetBurn"}, {"tier", "ticket-slow"}},
                          {"job", "slo"},
                          "The fast burn says all that the slow one says."},
                         {{{"alertname", "AgentDown"}}, {{"alertname", "HighLatency"}}, {"job"}, ""}};
  catalog.maintenance = {{"sunday night", {"sunday", "monday:tuesday"}, "02:00", "04:00", "Europe/Berlin", {}},
                         {"backup", {}, "23:00", "24:00", "UTC", {"warning"}}};
  Panel panel;
  panel.row = "Errors";
  panel.title = "Errors";
  panel.metrics = {"errors_total"};
  catalog.panels = {panel};
  catalog.arrange();
  return catalog;
}

std::string hostile_text() {
  return "- a: \"b\" 'c' {{ $value }} | x | <img src=x> ``` \n```\n# h\n*/ }, ] \\ \\n "
         "\r\t\x01\xFF\xC2\x85\xE2\x80\xA8 #end: ";
}

Catalog hostile_catalog() {
  const std::string text = hostile_text() + std::string(10000, 'x');
  Catalog catalog = example_catalog();
  catalog.settings.title = text;
  catalog.settings.team = text;
  for (AlertRule& rule : catalog.alerts) {
    rule.group = text;
    rule.summary = text;
    rule.comment = text;
    rule.labels.emplace_back("team", text);
    rule.runbook = {text, {text}, {text, text}, text, ""};
  }
  catalog.inhibitions[0].source[1].second = text;
  catalog.inhibitions[0].comment = text;
  catalog.maintenance[0].name = text;
  catalog.panels[0].title = text;
  return catalog;
}

}  // namespace leeway
