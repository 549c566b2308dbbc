#include "agent/sampling/findings.h"

#include <algorithm>
#include <tuple>

namespace leeway {

std::vector<Finding> findings_of(const DataSample& sample) {
  std::vector<Finding> findings;
  add_path_findings(sample, findings);
  add_growth_findings(sample, findings);
  add_record_findings(sample, findings);
  add_text_findings(sample, findings);
  add_join_findings(sample, findings);
  add_expression_findings(sample, findings);
  add_label_findings(sample, findings);
  add_selector_findings(sample, findings);
  add_setting_findings(sample, findings);
  add_quantity_findings(sample, findings);
  if (sample.out_of_time()) {
    findings.push_back({Weight::kNote, {}, "the time for the sample was over before all of it was read"});
  }
  sort_by_weight(findings);
  return findings;
}

void sort_by_weight(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.weight, a.position.file, a.position.line, a.position.column) <
           std::tie(b.weight, b.position.file, b.position.line, b.position.column);
  });
}

}  // namespace leeway
