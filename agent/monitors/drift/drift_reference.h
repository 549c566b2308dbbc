// The reference of a [[drift]]: its `reference`, a table or a list of tables with a name each, and later decisions
// about it. Used by drift_settings. A reference from data files is captured when its table is read.
#pragma once

#include <string>
#include <vector>

#include "agent/monitors/drift/drift_settings.h"
#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

struct DriftReferenceTable {
  std::string source;  // its name; "" if there is no list
  TableReader table;
};

// At most ten. Errors go to the reader; the result may then be empty.
std::vector<DriftReferenceTable> read_references(TableReader& reader);

// The key `row_order`; `reference` may be null. It is used by read_reference(), so it comes first.
RowOrder read_row_order(MonitorContext& context, TableReader* reference);

// Reads the table to its end; the columns of `settings` are known.
void read_reference(MonitorContext& context, TableReader& table, DriftSettings& settings);

// The last decision taken with `leeway reference`, from the state directory (none: nothing), comes before what the
// configuration says.
void apply_reference_decision(MonitorContext& context, DriftSettings& settings);

}  // namespace leeway
