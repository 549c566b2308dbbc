#include <algorithm>
#include <cstdio>
#include <filesystem>

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

std::string titles_of(const std::vector<Catalog>& catalogs) {
  std::string titles;
  for (const Catalog& catalog : catalogs) {
    titles += (titles.empty() ? "" : ", ") + catalog.settings.shown_title();
  }
  return titles;
}

std::vector<GeneratedFile> prometheus_files(const Catalog& catalog) {
  std::vector<GeneratedFile> files{{"rules.yml", rules_yaml(catalog)}};
  for (GeneratedFile& file : rule_test_files(catalog, "rules.yml")) {
    files.push_back(std::move(file));
  }
  files.push_back({"prometheus_example.yml", prometheus_example(catalog)});
  files.push_back({"runbook.md", runbook_markdown(catalog)});
  return files;
}

Expected<std::vector<GeneratedFile>> kubernetes_files(const Catalog& original, const KubernetesOptions& objects) {
  if (const std::string warning = namespace_warning(original, objects.name_space); !warning.empty()) {
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  }
  const Catalog catalog = with_namespace(original, objects.name_space);
  Expected<std::string> routing = alertmanager_config(catalog, objects);
  if (!routing) {
    return routing.error();
  }
  return std::vector<GeneratedFile>{{"prometheusrule.yaml", prometheus_rule(catalog, rules_yaml(catalog), objects)},
                                    {"alertmanagerconfig.yaml", std::move(*routing)},
                                    {"runbook.md", runbook_markdown(catalog)}};
}

// Tests are divided by their evaluation intervals, which change with the alerts.
std::vector<FormerFile> former_files(const CliOptions& options) {
  const std::vector<std::string> marks{"# Tests of rules.yml, written by `leeway rules`."};
  return options.output_format == "kubernetes"
             ? std::vector<FormerFile>()
             : std::vector<FormerFile>{{"rules_test.yml", "", marks}, {"rules_test_", ".yml", marks}};
}

// Each of several configurations in a folder of its own, named as its rules are.
Expected<std::string> folder_of(std::size_t index, const std::vector<Catalog>& catalogs, const CliOptions& options) {
  if (catalogs.size() == 1) {
    return options.output_dir;
  }
  const std::string& name = catalogs[index].settings.name;
  for (std::size_t other = 0; other < index; ++other) {
    if (catalogs[other].settings.name == name) {
      return Error{ErrorCode::kConfiguration, options.config_files[other] + " and " + options.config_files[index] +
                                                  " are both named '" + name +
                                                  "'; expected another `name` in [rules] of one"};
    }
  }
  return (std::filesystem::path(options.output_dir) / name).string();
}

Expected<Routing> common_routing(const std::vector<Catalog>& catalogs, const CliOptions& options) {
  if (catalogs.size() == 1 && options.output_format != "routes") {
    return routing_of(catalogs.front());
  }
  std::vector<const Catalog*> all(catalogs.size());
  std::transform(catalogs.begin(), catalogs.end(), all.begin(), [](const Catalog& catalog) { return &catalog; });
  return shared_routing_of(all);
}

// Routes belong to all of them together.
Expected<void> add_routing(const std::vector<Catalog>& catalogs, const CliOptions& options,
                           std::vector<GeneratedFolder>& folders) {
  const Expected<Routing> routing = common_routing(catalogs, options);
  if (!routing) {
    return routing.error();
  }
  GeneratedFile file = options.output_format == "routes"
                           ? GeneratedFile{"routes.yml", routes_yaml(*routing, titles_of(catalogs))}
                           : GeneratedFile{"alertmanager.yml", alertmanager_yaml(*routing, titles_of(catalogs))};
  if (folders.size() == 1) {
    folders.front().files.push_back(std::move(file));
  } else {
    folders.push_back({options.output_dir, {std::move(file)}, {}});
  }
  return {};
}

Expected<std::vector<GeneratedFolder>> rule_folders(const std::vector<Catalog>& catalogs, const CliOptions& options) {
  std::vector<GeneratedFolder> folders;
  const bool kubernetes = options.output_format == "kubernetes";
  const Expected<KubernetesOptions> objects = kubernetes_options(options);
  if (!objects) {
    return objects.error();
  }
  for (std::size_t i = 0; options.output_format != "routes" && i < catalogs.size(); ++i) {
    const Expected<std::string> folder = folder_of(i, catalogs, options);
    if (!folder) {
      return folder.error();
    }
    Expected<std::vector<GeneratedFile>> files =
        kubernetes ? kubernetes_files(catalogs[i], *objects) : prometheus_files(catalogs[i]);
    if (!files) {
      return files.error();
    }
    folders.push_back({*folder, std::move(*files), former_files(options)});
  }
  if (!kubernetes) {
    if (Expected<void> added = add_routing(catalogs, options, folders); !added) {
      return added.error();
    }
  }
  return folders;
}

}  // namespace

int rules_command(const CliOptions& options) { return generate_files(options, rule_folders); }

}  // namespace leeway
