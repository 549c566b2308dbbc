// Paths of logs that container runtimes write: which part names the program, and which one only this container. Used by
// init_inputs.
#pragma once

#include <optional>
#include <string>

namespace leeway {

struct ContainerPath {
  std::string pattern;  // of the logs of this program, also of its next container: "/var/log/pods/shop_web-*/web/*.log"
  std::string fields;   // `path_fields`: a regular expression
  std::string name;     // of the source
  std::string owner;    // what runs it, of a Pod: "web" of "web-6d9c7f5b8-x2x7k"; else ""
  std::string label;    // the field that tells containers of one source apart; "" if that is none that lasts
};

// Of /var/log/pods, /var/log/containers and Docker's directory; no value for other paths.
std::optional<ContainerPath> container_path(const std::string& path);

}  // namespace leeway
