// Reads what an SLO promises, and for whom: name, objective, period, and the labels of `by`. Used by the SLO monitor.
#pragma once

#include <optional>

#include "agent/monitors/shared/label_set.h"
#include "agent/monitors/slo/slo_rules.h"

namespace leeway {

SloTarget read_slo_target(TableReader& reader);
// None without the key `by`. Sets what `target` says of it.
std::optional<LabelSet> read_slo_labels(TableReader& reader, const Schemas& schemas, SloTarget& target);

}  // namespace leeway
