#include "dashboards/dashboard_json.h"
#include "dashboards/grafana.h"
#include "rules/kubernetes.h"
#include "rules/yaml.h"

namespace leeway {
namespace {

constexpr std::size_t kLargestObject = std::size_t{1} << 20U;  // of a ConfigMap's data, by the API server
constexpr const char* kSidecarLabel = "grafana_dashboard";
constexpr const char* kNameLabel = "app.kubernetes.io/name";

bool names(const KubernetesOptions& options, std::string_view label) {
  for (const auto& [name, value] : options.labels) {
    if (name == label) {
      return true;
    }
  }
  return false;
}

std::string metadata(const Catalog& catalog, const Dashboard& dashboard, const KubernetesOptions& options) {
  const std::string name = object_name(catalog.settings.name);
  const std::string suffix = dashboard.kind == DashboardKind::kPack  ? ""
                             : dashboard.kind == DashboardKind::kSlo ? "-slo"
                                                                     : "-agent";
  std::string out = "metadata:\n  name: " + yaml_quote(name + "-dashboard" + suffix) + "\n";
  if (!options.name_space.empty()) {
    out += "  namespace: " + yaml_quote(options.name_space) + "\n";
  }
  out += "  labels:\n";
  if (!names(options, kNameLabel)) {
    out += std::string("    ") + kNameLabel + ": " + yaml_quote(name) + "\n";
  }
  if (!names(options, kSidecarLabel)) {
    out += std::string("    ") + kSidecarLabel + ": \"1\"\n";
  }
  for (const auto& [label, value] : options.labels) {
    out += "    " + yaml_quote(label) + ": " + yaml_quote(value) + "\n";
  }
  return out;
}

}  // namespace

Expected<std::vector<GeneratedFile>> dashboard_config_maps(const Catalog& catalog, const KubernetesOptions& options) {
  constexpr int kIndent = 4;
  const std::vector<Dashboard> dashboards = dashboards_of(catalog);
  std::vector<GeneratedFile> files;
  for (const Dashboard& dashboard : dashboards) {
    // Plain ASCII: no reader of YAML can take a character in it for the end of a line.
    const std::string json = dashboard_json(catalog, dashboards, dashboard).dump(2, ' ', true);
    if (json.size() > kLargestObject) {
      return Error{ErrorCode::kLimit, "dashboard '" + dashboard.uid + "' has " + std::to_string(json.size()) +
                                          " bytes; a ConfigMap holds " + std::to_string(kLargestObject)};
    }
    files.push_back({"configmap-" + dashboard.uid + ".yaml",
                     "apiVersion: v1\nkind: ConfigMap\n" + metadata(catalog, dashboard, options) + "data:\n  " +
                         yaml_quote(dashboard.uid + ".json") + ": " + yaml_block(json, kIndent) + "\n"});
  }
  return files;
}

}  // namespace leeway
