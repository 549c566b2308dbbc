// The references of a drift monitor's columns as a file that users can read, keep and give to other agents. Written
// and read by `leeway reference`, read by [[drift]] as `reference = { profile = "..." }`.
//
// JSON: {"format": "leeway-drift-profile", "version": 2, "columns": {"age": {"kind": "number", ...}}}. Numbers are
// written so that reading restores the same bits.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "agent/core/expected.h"
#include "agent/sketches/column_reference.h"

namespace leeway {

struct DriftProfile {
  std::map<std::string, ColumnReference> columns;
  std::map<std::string, ColumnFacts> not_comparable;  // those with too few values to be compared with

  bool has(const std::string& column) const { return columns.contains(column) || not_comparable.contains(column); }

  // 16 hexadecimal digits that identify the content.
  std::string id() const;
};

std::string to_json(const DriftProfile& profile);
// kCorrupt, with what is wrong, for anything that is not a profile of this or an earlier version.
Expected<DriftProfile> parse_profile(std::string_view json);

}  // namespace leeway
