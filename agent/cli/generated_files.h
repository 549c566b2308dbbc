// What `rules` and `dashboards` share: the options of Kubernetes objects, and writing the files.
#pragma once

#include <vector>

#include "agent/cli/options.h"
#include "agent/core/expected.h"
#include "agent/metrics/catalog.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// An error where a label is not NAME=VALUE.
Expected<KubernetesOptions> kubernetes_options(const CliOptions& options);

using FileMaker = Expected<std::vector<GeneratedFile>> (*)(const Catalog& catalog, const CliOptions& options);

// Writes what `make` makes of the configuration, and tells on stdout which files. Each is whole or as it was before:
// written beside its place and renamed. Makes the folder. The exit code.
int generate_files(const CliOptions& options, FileMaker make);

}  // namespace leeway
