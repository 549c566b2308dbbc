// What `rules` and `dashboards` share: the options of Kubernetes objects, and writing the files.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/options.h"
#include "agent/core/expected.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// An error where a label is not NAME=VALUE.
Expected<KubernetesOptions> kubernetes_options(const CliOptions& options);

// Each file is whole or as it was before: written beside its place and renamed. Makes the folder. Tells on stdout what
// was written.
Expected<void> write_files(const std::string& directory, const std::vector<GeneratedFile>& files);

}  // namespace leeway
