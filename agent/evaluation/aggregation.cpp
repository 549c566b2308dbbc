#include "agent/evaluation/aggregation.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "agent/core/number_text.h"
#include "agent/evaluation/quantile.h"

namespace leeway::evaluation {
namespace {

struct Group {
  Labels labels = nullptr;
  InstantVector members{};
};

std::vector<Group> groups_of(const promql::Matching& grouping, const InstantVector& vector, LabelSets& sets) {
  std::vector<Group> groups;
  std::map<Labels, std::size_t> index;
  for (const Element& element : vector) {
    const Labels labels = sets.grouped(element.labels, grouping.labels, grouping.keeps || !grouping.given);
    const auto [at, added] = index.try_emplace(labels, groups.size());
    if (added) {
      groups.push_back({labels});
    }
    groups[at->second].members.push_back(element);
  }
  return groups;
}

double total(const InstantVector& members) {
  double sum = 0;
  for (const Element& member : members) {
    sum += member.value;
  }
  return sum;
}

double spread(const InstantVector& members) {
  double mean = 0;
  double squares = 0;
  double count = 0;
  for (const Element& member : members) {
    count += 1;
    const double step = member.value - mean;
    mean += step / count;
    squares += step * (member.value - mean);
  }
  return squares / count;
}

double most(const InstantVector& members, bool greatest) {
  double found = members.front().value;
  for (const Element& member : members) {
    const bool better = greatest ? member.value > found : member.value < found;
    found = better || std::isnan(found) ? member.value : found;
  }
  return found;
}

double reduce(std::string_view op, const InstantVector& members, const Value& parameter) {
  const auto count = static_cast<double>(members.size());
  if (op == "sum") {
    return total(members);
  }
  if (op == "avg") {
    return total(members) / count;
  }
  if (op == "count") {
    return count;
  }
  if (op == "max" || op == "min") {
    return most(members, op == "max");
  }
  if (op == "stddev") {
    return std::sqrt(spread(members));
  }
  if (op == "stdvar") {
    return spread(members);
  }
  if (op == "quantile") {
    std::vector<double> values;
    for (const Element& member : members) {
      values.push_back(member.value);
    }
    return quantile(std::move(values), parameter.scalar);
  }
  return 1;  // group
}

// NaN is the last, whichever end is wanted.
InstantVector extremes(InstantVector members, double wanted, bool greatest) {
  const auto before = [greatest](const Element& a, const Element& b) {
    if (std::isnan(a.value) || std::isnan(b.value)) {
      return !std::isnan(a.value) && std::isnan(b.value);
    }
    return greatest ? a.value > b.value : a.value < b.value;
  };
  std::stable_sort(members.begin(), members.end(), before);
  const double count = std::isnan(wanted) ? 0 : std::clamp(wanted, 0.0, static_cast<double>(members.size()));
  members.resize(static_cast<std::size_t>(count));
  return members;
}

void count_values(const Group& group, const std::string& label, LabelSets& sets, InstantVector& out) {
  std::map<std::string, double> counts;
  for (const Element& member : group.members) {
    counts[plain_number(member.value)] += 1;
  }
  for (const auto& [text, count] : counts) {
    LabelSet labels = *group.labels;
    set_label(labels, label, text);
    out.push_back({sets.intern(std::move(labels)), count});
  }
}

}  // namespace

Expected<InstantVector> aggregate(std::string_view op, const promql::Matching& grouping, const InstantVector& vector,
                                  const Value& parameter, LabelSets& sets) {
  InstantVector result;
  for (Group& group : groups_of(grouping, vector, sets)) {
    if (op == "topk" || op == "bottomk") {
      const InstantVector chosen = extremes(std::move(group.members), parameter.scalar, op == "topk");
      result.insert(result.end(), chosen.begin(), chosen.end());
    } else if (op == "count_values") {
      count_values(group, parameter.text, sets, result);
    } else {
      result.push_back({group.labels, reduce(op, group.members, parameter)});
    }
  }
  return result;
}

}  // namespace leeway::evaluation
