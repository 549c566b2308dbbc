#include "dashboards/config_map.h"

#include <algorithm>

#include "dashboards/grafana.h"
#include "rules/kubernetes.h"
#include "rules/text.h"
#include "rules/yaml.h"

namespace leeway {
namespace {

// Of all lines of the JSON: its own indentation is a third of it, and `kubectl apply` takes at most 256 KiB.
constexpr const char* kDataIndent = "    ";

// "shop-slo.json" gives "shop-slo".
std::string stem(const std::string& name) { return name.substr(0, name.rfind('.')); }

std::string config_map(const Catalog& catalog, const GeneratedFile& file, const KubernetesOptions& options) {
  std::string out =
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + yaml_quote("grafana-" + object_name(stem(file.name))) +
      "\n";
  if (!options.name_space.empty()) {
    out += "  namespace: " + yaml_quote(options.name_space) + "\n";
  }
  out += "  labels:\n    app.kubernetes.io/name: " + yaml_quote(object_name(catalog.settings.name)) +
         "\n    grafana_dashboard: \"1\"\n";
  for (const auto& [name, value] : options.labels) {
    if (name != "grafana_dashboard" && name != "app.kubernetes.io/name") {
      out += "    " + yaml_quote(name) + ": " + yaml_quote(value) + "\n";
    }
  }
  out += "data:\n  " + yaml_quote(file.name) + ": |-\n";
  std::string_view content = file.content;
  while (!content.empty() && content.back() == '\n') {
    content.remove_suffix(1);
  }
  for_each_line(content, [&out](std::string_view line) {
    out += kDataIndent;
    out += line.substr(std::min(line.find_first_not_of(' '), line.size()));
    out += '\n';
  });
  return out;
}

}  // namespace

Expected<std::vector<GeneratedFile>> dashboard_config_maps(const Catalog& catalog, const KubernetesOptions& options) {
  std::vector<GeneratedFile> objects;
  for (const GeneratedFile& file : grafana_dashboards(catalog)) {
    if (file.content.size() > kLargestConfigMap) {
      return Error{ErrorCode::kConfiguration,
                   "the dashboard " + file.name + " has " + std::to_string(file.content.size()) +
                       " bytes; a ConfigMap takes at most " + std::to_string(kLargestConfigMap) +
                       ": split the configuration, or load the dashboard from a file (--format grafana)"};
    }
    objects.push_back({"configmap-" + stem(file.name) + ".yaml", config_map(catalog, file, options)});
  }
  return objects;
}

}  // namespace leeway
