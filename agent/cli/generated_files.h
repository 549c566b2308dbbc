// Shared by `rules` and `dashboards`: the options of Kubernetes objects, and writing the files.
#pragma once

#include <vector>

#include "agent/cli/former_files.h"
#include "agent/cli/options.h"
#include "agent/core/expected.h"
#include "agent/metrics/catalog.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// An error if a label is not NAME=VALUE.
Expected<KubernetesOptions> kubernetes_options(const CliOptions& options);

using FileMaker = Expected<std::vector<GeneratedFile>> (*)(const Catalog& catalog, const CliOptions& options);

// What earlier runs with this configuration may have written.
using FormerMaker = std::vector<FormerFile> (*)(const Catalog& catalog, const CliOptions& options);

// Writes the files that `make` generates from the configuration and prints their paths on stdout. Each file is replaced
// atomically: written under a temporary name, then renamed. Creates the folder. Removes the files of `former` that
// are not written again. Returns the exit code.
int generate_files(const CliOptions& options, FileMaker make, FormerMaker former);

}  // namespace leeway
