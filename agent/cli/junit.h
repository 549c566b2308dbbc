// Results of cases as XML in the format of JUnit, which CI systems read. Used by `leeway test`.
#pragma once

#include <string>
#include <vector>

namespace leeway {

struct CaseResult {
  std::string name;
  std::vector<std::string> differences;  // empty: it passed
  double seconds = 0;
};

// `suite`: the name of the file of cases.
std::string junit_xml(const std::string& suite, const std::vector<CaseResult>& results);

}  // namespace leeway
