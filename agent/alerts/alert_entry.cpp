#include "agent/alerts/alert_entry.h"

namespace leeway {

void read_alert(const ConfigValue&, Catalog&, Diagnostics&) {}

}  // namespace leeway
