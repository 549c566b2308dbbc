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

struct GeneratedFolder {
  std::string path;
  std::vector<GeneratedFile> files;
  std::vector<FormerFile> former;  // what earlier runs may have written
};

using FolderMaker = Expected<std::vector<GeneratedFolder>> (*)(const std::vector<Catalog>& catalogs,
                                                               const CliOptions& options);

// Writes what `make` generates from the catalogues of the configurations, in their order, and prints the paths on
// stdout. Each file is replaced atomically: written under a temporary name, then renamed. Creates folders. Removes
// former files that are not written again. Returns the exit code.
int generate_files(const CliOptions& options, FolderMaker make);

}  // namespace leeway
