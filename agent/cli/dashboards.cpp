#include <cstdio>

#include "agent/cli/commands.h"
#include "agent/cli/generated_files.h"
#include "agent/cli/preview.h"
#include "agent/cli/report_error.h"
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

// A configuration without SLOs has no dashboard of them.
std::vector<FormerFile> former_dashboards(const Catalog& catalog, const CliOptions& options) {
  std::vector<FormerFile> former;
  for (const DashboardKind kind : {DashboardKind::kPack, DashboardKind::kSlo, DashboardKind::kAgent}) {
    const std::string uid = dashboard_uid(catalog.settings, kind);
    const std::vector<std::string> marks{"\"uid\": \"" + uid + "\"", "\"leeway\",",
                                         "\"" + catalog.settings.name + "\""};
    if (options.output_format == "kubernetes") {
      former.push_back({"configmap-" + uid + ".yaml", "", marks});
    } else {
      former.push_back({uid + ".json", "", marks});
    }
  }
  return former;
}

Expected<std::vector<GeneratedFolder>> dashboard_folders(const std::vector<Catalog>& catalogs,
                                                         const CliOptions& options) {
  std::vector<GeneratedFolder> folders;
  for (const Catalog& catalog : catalogs) {
    Expected<std::vector<GeneratedFile>> files = dashboard_files(catalog, options);
    if (!files) {
      return files.error();
    }
    folders.push_back({options.output_dir, std::move(*files), former_dashboards(catalog, options)});
  }
  return folders;
}

}  // namespace

int dashboards_command(const CliOptions& options) {
  if (options.output_dir.empty() && options.preview.empty()) {
    return report_error(Error{ErrorCode::kUsage, "expected --output-dir, --preview or both"});
  }
  if (!options.preview.empty()) {
    CliOptions one = options;
    one.config_file = options.config_files.front();
    if (const Expected<void> written = write_preview(one); !written) {
      return report_error(written.error());
    }
    std::printf("%s\n", options.preview.c_str());
  }
  return options.output_dir.empty() ? 0 : generate_files(options, dashboard_folders);
}

}  // namespace leeway
