// A file that a generator made from the catalogue, and the metadata for its Kubernetes form. Used by rules/,
// dashboards/ and the command line, which writes it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace leeway {

struct GeneratedFile {
  std::string name;  // without a folder
  std::string content;
};

// Of the objects' metadata.
struct KubernetesOptions {
  std::string name_space;                                   // empty: none, the one of the command that applies them
  std::vector<std::pair<std::string, std::string>> labels;  // such as release: kube-prometheus-stack
};

}  // namespace leeway
