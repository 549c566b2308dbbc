#include "agent/panels/panel_entry.h"

namespace leeway {

void read_row(const ConfigValue&, Catalog&, Diagnostics&) {}
void read_panel(const ConfigValue&, Catalog&, Diagnostics&) {}

}  // namespace leeway
