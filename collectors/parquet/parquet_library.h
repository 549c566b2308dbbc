// Loads libleeway_parquet.so, the module with Apache Arrow. Used by parquet_format, if a source needs it.
#pragma once

#include <string>
#include <vector>

#include "agent/core/expected.h"
#include "collectors/parquet/parquet_module.h"

namespace leeway {

// The folders that are searched for the module: the folder of this program, then the installation folder.
std::vector<std::string> parquet_module_folders();
// The module of the first folder that has one; it stays loaded until the process ends, so a second call costs nothing.
// Error (kConfiguration): there is none, or it cannot be used; the message follows "format: ".
Expected<const ParquetModule*> load_parquet_module(const std::vector<std::string>& folders);

}  // namespace leeway
