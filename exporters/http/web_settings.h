// A web configuration with the files that it names, ready for use. Read by the command line at the start, and by
// WebFileWatch again.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/file_system.h"
#include "exporters/web_config/web_config.h"

namespace leeway {

class TlsContext;

// By path: the content of a file, or why it could not be read.
struct WebInput {
  std::string content;
  std::string error;

  bool operator==(const WebInput&) const = default;
};
using WebInputs = std::map<std::string, WebInput>;

// Immutable.
struct WebSettings {
  std::string path;
  WebInputs inputs;  // that all of this was made from
  WebConfig config;
  std::shared_ptr<const TlsContext> tls;  // null: plain HTTP
  std::vector<std::string> warnings;      // "file:line:column: ..."

  // When the server's certificate expires; kNoTime without TLS.
  TimePoint certificate_not_after() const;
};

// The file and those that it names, of at most 1 MiB each. May wait for a disk.
WebInputs read_web_inputs(FileSystem& files, const std::string& path);
// kConfiguration, with all errors, one on each line. `now`: certificates that have expired cause a warning.
Expected<std::shared_ptr<const WebSettings>> make_web_settings(const std::string& path, WebInputs inputs,
                                                               TimePoint now);

}  // namespace leeway
