#include "rules/rule_groups.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>

#include "agent/promql/promql_scope.h"

namespace leeway {
namespace {

// Names of groups in the order of their first rule.
template <typename Rule>
std::vector<std::string> names_of(const std::vector<Rule>& rules) {
  std::vector<std::string> groups;
  for (const Rule& rule : rules) {
    if (std::find(groups.begin(), groups.end(), rule.group) == groups.end()) {
      groups.push_back(rule.group);
    }
  }
  return groups;
}

template <typename Rule>
std::vector<const Rule*> rules_of(const std::vector<Rule>& rules, const std::string& group) {
  std::vector<const Rule*> found;
  for (const Rule& rule : rules) {
    if (rule.group == group) {
      found.push_back(&rule);
    }
  }
  return found;
}

// For each rule the index of the first one that it is connected with: that it reads, directly or not, or that reads
// what it reads.
std::vector<std::size_t> clusters_of(const std::vector<const RecordingRule*>& rules) {
  std::vector<std::size_t> cluster(rules.size());
  std::iota(cluster.begin(), cluster.end(), 0);
  for (std::size_t reader = 0; reader < rules.size(); ++reader) {
    for (const Selector& selector : selectors_of(rules[reader]->expr)) {
      for (std::size_t read = 0; read < rules.size(); ++read) {
        if (rules[read]->name == selector.metric && cluster[read] != cluster[reader]) {
          const std::size_t first = std::min(cluster[read], cluster[reader]);
          const std::size_t second = std::max(cluster[read], cluster[reader]);
          std::replace(cluster.begin(), cluster.end(), second, first);
        }
      }
    }
  }
  return cluster;
}

// The rules in parts, each in their order.
std::vector<std::vector<const RecordingRule*>> parts_of(const std::vector<const RecordingRule*>& rules) {
  if (rules.size() <= kMostRulesInGroup) {
    return {rules};
  }
  const std::vector<std::size_t> cluster = clusters_of(rules);
  std::vector<std::vector<std::size_t>> parts(1);
  for (std::size_t first = 0; first < rules.size(); ++first) {
    std::vector<std::size_t> members;
    for (std::size_t i = first; i < rules.size(); ++i) {
      if (cluster[i] == first) {
        members.push_back(i);
      }
    }
    if (parts.back().size() + members.size() > kMostRulesInGroup && members.size() <= kMostRulesInGroup) {
      parts.emplace_back();
    }
    for (const std::size_t member : members) {
      if (parts.back().size() == kMostRulesInGroup) {
        parts.emplace_back();
      }
      parts.back().push_back(member);
    }
  }
  std::vector<std::vector<const RecordingRule*>> result;
  for (std::vector<std::size_t>& part : parts) {
    std::sort(part.begin(), part.end());
    std::vector<const RecordingRule*>& added = result.emplace_back();
    std::transform(part.begin(), part.end(), std::back_inserter(added), [&rules](std::size_t i) { return rules[i]; });
  }
  return result;
}

std::vector<std::vector<const AlertRule*>> parts_of(const std::vector<const AlertRule*>& rules) {
  std::vector<std::vector<const AlertRule*>> parts;
  for (const AlertRule* rule : rules) {
    if (parts.empty() || parts.back().size() == kMostRulesInGroup) {
      parts.emplace_back();
    }
    parts.back().push_back(rule);
  }
  return parts;
}

}  // namespace

std::vector<RuleGroup> rule_groups(const Catalog& catalog) {
  // Names of groups are unique in a file: a part takes none that another group has.
  std::set<std::string> taken;
  std::vector<RuleGroup> groups;
  const std::vector<std::string> recorded = names_of(catalog.recording_rules);
  const std::vector<std::string> alerted = names_of(catalog.alerts);
  std::set<std::string> reserved(recorded.begin(), recorded.end());
  reserved.insert(alerted.begin(), alerted.end());
  const auto add = [&](const std::string& group) -> RuleGroup& {
    std::string name = group;
    for (int part = 2; taken.count(name) != 0 || (name != group && reserved.count(name) != 0); ++part) {
      name = group + "-" + std::to_string(part);
    }
    taken.insert(name);
    return groups.emplace_back(RuleGroup{catalog.settings.name + "-" + name, {}, {}});
  };
  for (const std::string& group : recorded) {
    for (std::vector<const RecordingRule*>& part : parts_of(rules_of(catalog.recording_rules, group))) {
      add(group).records = std::move(part);
    }
  }
  for (const std::string& group : alerted) {
    for (std::vector<const AlertRule*>& part : parts_of(rules_of(catalog.alerts, group))) {
      add(group).alerts = std::move(part);
    }
  }
  return groups;
}

}  // namespace leeway
