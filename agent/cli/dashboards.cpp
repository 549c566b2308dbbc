#include <cstdio>

#include "agent/cli/commands.h"
#include "agent/cli/generated_files.h"
#include "agent/cli/load_configuration.h"
#include "dashboards/config_map.h"
#include "dashboards/grafana.h"
#include "dashboards/lint_file.h"

namespace leeway {
namespace {

Expected<std::vector<GeneratedFile>> dashboard_files(const Catalog& catalog, const CliOptions& options) {
  if (options.output_format == "kubernetes") {
    const Expected<KubernetesOptions> objects = kubernetes_options(options);
    if (!objects) {
      return objects.error();
    }
    return dashboard_config_maps(catalog, *objects);
  }
  std::vector<GeneratedFile> files = grafana_dashboards(catalog);
  files.push_back(dashboard_lint_file(catalog));
  return files;
}

Expected<void> write_dashboards(const CliOptions& options) {
  PosixFileSystem files;
  const SystemClock clock;
  const Expected<Assembly> assembly = load_configuration(options, files, clock, false);
  if (!assembly) {
    return assembly.error();
  }
  const Expected<std::vector<GeneratedFile>> generated = dashboard_files(assembly->catalog, options);
  if (!generated) {
    return generated.error();
  }
  return write_files(options.output_dir, *generated);
}

}  // namespace

int dashboards_command(const CliOptions& options) {
  const Expected<void> written = write_dashboards(options);
  if (!written) {
    std::fprintf(stderr, "%s\n", written.error().to_string().c_str());
    return exit_code(written.error().code);
  }
  return 0;
}

}  // namespace leeway
