#include "exporters/prometheus/framework_catalog.h"

namespace leeway {

void add_framework_catalog(Catalog&) {}

}  // namespace leeway
