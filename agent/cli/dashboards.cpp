#include "agent/cli/commands.h"
#include "agent/cli/generated_files.h"
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

}  // namespace

int dashboards_command(const CliOptions& options) { return generate_files(options, dashboard_files); }

}  // namespace leeway
