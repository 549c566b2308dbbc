// The tests of a catalogue's alerts as files for `promtool test rules`. Used by `leeway rules`.
#pragma once

#include <string>
#include <vector>

#include "agent/metrics/catalog.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// One file for each evaluation interval that tests use because promtool has one per file: rules_test.yml for the
// shortest, rules_test_1h.yml and so on. `rules_file` is the name of the rule file next to them.
std::vector<GeneratedFile> rule_test_files(const Catalog& catalog, const std::string& rules_file);

}  // namespace leeway
