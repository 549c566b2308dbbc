// The labels that the series of an expression can carry, as far as they are known. Used by the checks.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace leeway::promql {

class Labels {
 public:
  // Those of undeclared series: any.
  static Labels any();

  bool contains(const std::string& label) const;
  // In alphabetical order; all of them unless there may be others.
  const std::set<std::string>& known() const { return known_; }

  void add(const std::string& label);
  void add(const Labels& others);
  void remove(const std::string& label);
  // Only the named ones remain.
  void keep(const std::vector<std::string>& labels);

 private:
  bool any_ = false;  // all but removed_
  std::set<std::string> known_;
  std::set<std::string> removed_;
};

// "; did you mean 'status'?" where one of `known` is near, else "; it has "status"", all of `shown`; "" if there are
// none.
std::string label_advice(const std::string& label, const std::vector<std::string>& known,
                         const std::vector<std::string>& shown);

}  // namespace leeway::promql
