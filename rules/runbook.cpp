#include "rules/runbook.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "agent/core/units.h"
#include "agent/metrics/alert_text.h"
#include "rules/links.h"
#include "rules/text.h"

namespace leeway {
namespace {

constexpr std::string_view kSeverities =
    "## How severities escalate\n"
    "\n"
    "Unless an alert's section says otherwise:\n"
    "\n"
    "| Severity | Reaches | Respond | Escalate |\n"
    "|---|---|---|---|\n"
    "| critical | the pager | immediately; assess the impact and begin mitigation within 5 minutes | after 15 minutes: "
    "engineering manager; after 30 minutes: consider a rollback |\n"
    "| warning | tickets | investigate within 15 minutes of working time | mitigate within 1 hour or treat as "
    "critical; resolve or plan a maintenance window within 4 hours |\n"
    "| info | the daily digest | within 4 hours of working time | fix or have a plan within 1 working day |\n";

// How the alert reaches its people, which its route decides by severity: the first step.
const char* response_to(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return "It pages: begin now; assess the impact and begin mitigation within 5 minutes.";
    case Severity::kWarning:
      return "It is a ticket: investigate within 15 minutes of working time.";
    case Severity::kInfo:
      break;
  }
  return "It is in the daily digest: look into it within 4 hours of working time.";
}

bool is_word(std::string_view text, std::size_t i) {
  return i < text.size() && std::isalnum(static_cast<unsigned char>(text[i])) != 0;
}

// One line of text that Markdown shows unchanged.
std::string inline_text(std::string_view text) {
  std::string line = visible_text(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  line.erase(line.find_last_not_of(' ') + 1);
  line.erase(0, line.find_first_not_of(' '));
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    // Within a word an underscore is not emphasis: metric names stay readable.
    const bool joined = c == '_' && i > 0 && is_word(line, i - 1) && is_word(line, i + 1);
    const bool starts_block = i == 0 && std::string_view("#+-=:").find(c) != std::string_view::npos;
    if (starts_block || (std::string_view("\\`*_[]<>|&~$@").find(c) != std::string_view::npos && !joined)) {
      out += '\\';
    }
    out += c;
  }
  // "1. " and "1) " would start a list.
  const std::size_t digits = out.find_first_not_of("0123456789");
  if (digits != 0 && digits != std::string::npos && (out[digits] == '.' || out[digits] == ')')) {
    out.insert(digits, "\\");
  }
  return out;
}

// A code block at the column; its fence is longer than any in the text.
std::string code_block(std::string_view text, std::size_t column) {
  const std::string code = visible_text(text);
  std::size_t run = 0;
  std::size_t longest = 2;
  for (const char c : code) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string indent(column, ' ');
  const std::string fence = indent + std::string(longest + 1, '`');
  std::string out = fence + "promql\n";
  for_each_line(code, [&](std::string_view line) {
    out += line.empty() ? "" : indent;
    out += line;
    out += '\n';
  });
  return out + fence + "\n";
}

// <url>: between these brackets a URL needs only these escapes.
std::string link_text(std::string_view title, std::string_view url) {
  std::string target;
  for (const char c : visible_text(url)) {
    target += c == '<'                ? "%3C"
              : c == '>'              ? "%3E"
              : c == '\n' || c == ' ' ? "%20"
              : c == '\\'             ? "%5C"
                                      : std::string(1, c);
  }
  return fmt::format("[{}](<{}>)", inline_text(title), target);
}

std::string paragraph(std::string_view title, std::string_view text) {
  return text.empty() ? "" : fmt::format("\n**{}:** {}\n", title, inline_text(text));
}

std::string conditions(const AlertRule& alert) {
  std::string labels;
  for (const auto& [name, value] : alert.labels) {
    labels += fmt::format(", {} {}", inline_text(name), inline_text(value));
  }
  std::string out = fmt::format("\nSeverity {}{}. ", to_string(alert.severity), labels);
  out += alert.hold == Duration{} ? "Fires as soon as this has a result:"
                                  : "Fires when this has a result for " + format_duration(alert.hold) + ":";
  out += "\n\n" + code_block(alert.expr, 0);
  if (alert.keep_firing_for != Duration{}) {
    out += fmt::format("\nIt keeps firing for {} after the last result.\n", format_duration(alert.keep_firing_for));
  }
  return out;
}

std::string instructions(const Catalog& catalog, const AlertRule& alert) {
  const RunbookEntry& entry = alert.runbook;
  std::string out = paragraph("What it means", entry.meaning);
  if (!entry.queries.empty()) {
    out += "\n**What to look at:**\n";
    for (const std::string& query : entry.queries) {
      out += "\n" + code_block(query, 0);
    }
  }
  const std::string dashboard = dashboard_url(catalog, alert);
  if (!dashboard.empty()) {
    out += fmt::format("\n**Dashboard:** {}\n", link_text(catalog.panel_of(alert)->title, dashboard));
  }
  out += fmt::format("\n**First steps:**\n\n1. {}\n", response_to(alert.severity));
  for (std::size_t i = 0; i < entry.steps.size(); ++i) {
    out += fmt::format("{}. {}\n", i + 2, inline_text(entry.steps[i]));
  }
  out += paragraph("Escalation", entry.escalation);
  if (!entry.link.empty()) {
    out += fmt::format("\n**More:** {}\n", link_text(entry.link, entry.link));
  }
  return out + paragraph("Where it comes from", alert.comment);
}

// A summary without an alert that fires: of each series.
std::string general_summary(std::string_view summary) {
  bool in_parentheses = false;
  return expand_text(
      summary, [] { return std::string("(value)"); },
      [&](const std::string& label) { return in_parentheses ? "each " + label : "(each " + label + ")"; },
      [&](std::string_view plain) {
        in_parentheses = plain.ends_with('(');
        return std::string(plain);
      });
}

// Alerts that share a name share the parts of their sections that are equal.
std::string section(const Catalog& catalog, const std::vector<const AlertRule*>& alerts) {
  std::string out = fmt::format("\n### {}\n", inline_text(alerts.front()->name));
  std::string summary;
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const AlertRule& alert = *alerts[i];
    if (alert.summary != summary) {
      summary = alert.summary;
      const char* bold = alerts.size() > 1 ? "**" : "";
      out += fmt::format("\n{0}{1}{0}\n", bold, inline_text(general_summary(summary)));
    }
    out += conditions(alert);
    const std::string own = instructions(catalog, alert);
    const bool repeated = i + 1 < alerts.size() && instructions(catalog, *alerts[i + 1]) == own;
    out += repeated ? "" : own;
  }
  return out;
}

}  // namespace

std::string runbook_markdown(const Catalog& catalog) {
  const std::string& title = catalog.settings.shown_title();
  std::string out = fmt::format(
      "# Runbook: {}\n\nWhat to do when one of its alerts fires. Generated by `leeway rules`; "
      "change the configuration, not this page.\n\n",
      inline_text(title));
  out += kSeverities;
  std::vector<std::string> groups;
  std::vector<std::string> names;
  for (const AlertRule& alert : catalog.alerts) {
    if (std::find(groups.begin(), groups.end(), alert.group) == groups.end()) {
      groups.push_back(alert.group);
    }
  }
  for (const std::string& group : groups) {
    std::string sections;
    for (const AlertRule& first : catalog.alerts) {
      if (first.group != group || std::find(names.begin(), names.end(), first.name) != names.end()) {
        continue;
      }
      names.push_back(first.name);
      std::vector<const AlertRule*> same;
      for (const AlertRule& alert : catalog.alerts) {
        if (alert.name == first.name) {
          same.push_back(&alert);
        }
      }
      sections += section(catalog, same);
    }
    if (!sections.empty()) {
      // A space in a heading keeps its anchor different from those of alerts.
      out += fmt::format("\n## Alerts: {}\n", inline_text(group)) + sections;
    }
  }
  return out;
}

}  // namespace leeway
