#include "agent/cli/check_report.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace leeway {

std::vector<Finding> findings_of(const Diagnostics& diagnostics) {
  std::vector<Finding> findings;
  for (const Error& error : diagnostics.errors()) {
    findings.push_back({Weight::kError, error.position, error.message});
  }
  for (const Error& warning : diagnostics.warnings()) {
    findings.push_back({Weight::kWarning, warning.position, warning.message});
  }
  return findings;
}

std::size_t count_of(const std::vector<Finding>& findings, Weight weight) {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                [weight](const Finding& finding) { return finding.weight == weight; }));
}

std::string verdict_on(const std::vector<Finding>& findings) {
  const std::size_t warnings = count_of(findings, Weight::kWarning);
  return warnings == 0 ? "fine"
                       : "valid, with " + std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings");
}

void print_errors(const Diagnostics& diagnostics) { std::fputs(diagnostics.to_string().c_str(), stderr); }

void print_findings(const std::vector<Finding>& findings) {
  if (findings.empty()) {
    return;
  }
  std::printf("\n%s\n", count_of(findings, Weight::kWarning) != 0 ? "warnings and notes" : "notes");
  for (const Finding& finding : findings) {
    const std::string place = finding.position.to_string();
    std::printf("%s%s%s: %s\n", place.c_str(), place.empty() ? "" : ": ", to_string(finding.weight),
                finding.message.c_str());
  }
}

void print_json(const std::vector<Finding>& findings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"file", finding.position.file},
                    {"line", finding.position.line},
                    {"column", finding.position.column},
                    {"severity", to_string(finding.weight)},
                    {"message", finding.message}});
  }
  std::printf("%s\n", list.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

}  // namespace leeway
