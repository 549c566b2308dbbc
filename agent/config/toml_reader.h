// TOML text to a ConfigTable: the only place that includes toml++.
// Reads `include = [...]` (paths relative to the including file; each file once; a cycle is an error) and merges:
// arrays of tables append, tables merge, a scalar of the including file wins, and an entry of an array of tables with
// the `name` (and, where given, `type`) of an included one overrides it key by key.
#pragma once

#include <string>

#include "agent/config/config_files.h"
#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/config/variables.h"
#include "agent/core/file_system.h"

namespace leeway {

// Errors (unreadable file, TOML syntax, include cycle, unsupported value such as a date, unset variable) go to
// `diagnostics`. Variables in strings, also in those of `include`, are replaced by `variables`, if given, before
// anything is merged; keys and comments stay as they are. `read`, if given, gets to know the files.
ConfigTable read_toml(FileSystem& files, const std::string& path, Diagnostics& diagnostics,
                      Variables* variables = nullptr, ConfigFiles* read = nullptr);
// The same for text in memory; `name` stands for the file in positions.
ConfigTable parse_toml(std::string_view text, const std::string& name, Diagnostics& diagnostics,
                       Variables* variables = nullptr);

}  // namespace leeway
