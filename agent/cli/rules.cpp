#include "agent/cli/commands.h"
#include "agent/cli/generated_files.h"
#include "rules/alertmanager.h"
#include "rules/kubernetes.h"
#include "rules/prometheus_example.h"
#include "rules/rule_file.h"
#include "rules/rule_test_file.h"
#include "rules/runbook.h"

namespace leeway {
namespace {

std::vector<GeneratedFile> prometheus_files(const Catalog& catalog) {
  std::vector<GeneratedFile> files{{"rules.yml", rules_yaml(catalog)}};
  for (GeneratedFile& file : rule_test_files(catalog, "rules.yml")) {
    files.push_back(std::move(file));
  }
  files.push_back({"alertmanager.yml", alertmanager_yaml(catalog)});
  files.push_back({"prometheus_example.yml", prometheus_example(catalog)});
  files.push_back({"runbook.md", runbook_markdown(catalog)});
  return files;
}

Expected<std::vector<GeneratedFile>> rule_files(const Catalog& catalog, const CliOptions& options) {
  if (options.output_format != "kubernetes") {
    return prometheus_files(catalog);
  }
  const Expected<KubernetesOptions> objects = kubernetes_options(options);
  if (!objects) {
    return objects.error();
  }
  return std::vector<GeneratedFile>{{"prometheusrule.yaml", prometheus_rule(catalog, rules_yaml(catalog), *objects)},
                                    {"alertmanagerconfig.yaml", alertmanager_config(catalog, *objects)},
                                    {"runbook.md", runbook_markdown(catalog)}};
}

// Tests are divided by their evaluation intervals, which change with the alerts.
std::vector<FormerFile> former_files(const Catalog& /*catalog*/, const CliOptions& options) {
  const std::vector<std::string> marks{"# Tests of rules.yml, written by `leeway rules`."};
  return options.output_format == "kubernetes"
             ? std::vector<FormerFile>()
             : std::vector<FormerFile>{{"rules_test.yml", "", marks}, {"rules_test_", ".yml", marks}};
}

}  // namespace

int rules_command(const CliOptions& options) { return generate_files(options, rule_files, former_files); }

}  // namespace leeway
