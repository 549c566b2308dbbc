// What to do when an alert fires: one page of Markdown with a section for each name of an alert. Used by `leeway
// rules`.
#pragma once

#include <string>

#include "agent/metrics/catalog.h"

namespace leeway {

// Headings of alerts have runbook_anchor() as their anchor; no other heading has the same anchor. Text of the
// configuration stays text: it cannot become a heading, a link or HTML.
std::string runbook_markdown(const Catalog& catalog);

}  // namespace leeway
