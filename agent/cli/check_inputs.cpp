#include "agent/cli/check_inputs.h"

#include <cstdio>

#include "agent/cli/load_configuration.h"

namespace leeway {

Expected<Assembly> load_for_replay(const CliOptions& options, FileSystem& files, const Clock& clock) {
  Expected<Assembly> assembly = load_configuration(options, files, clock, false);
  if (!assembly) {
    return assembly;
  }
  for (const auto& source : assembly->sources) {
    if (!source->definition->ends()) {
      return Error{ErrorCode::kUsage, "source '" + source->name + "' never ends; replay lines with --source.path " +
                                          source->name + "=- < FILE, or use `leeway run`"};
    }
  }
  return assembly;
}

Expected<void> check_inputs(const AgentStatus& status) {
  for (const SourceStatus& source : status.sources) {
    for (const FileStatus& file : source.files) {
      if (file.state == "unreadable" || file.state == "missing") {
        return Error{ErrorCode::kIo, "source '" + source.name + "': " + file.error};
      }
      if (!file.error.empty()) {
        print_lines({"source '" + source.name + "': '" + file.path + "' " + file.error});
      }
    }
    if (source.open_files == 0 && source.files.empty() && source.bytes == 0) {
      return Error{ErrorCode::kIo, "source '" + source.name +
                                       "': no file to read; expected one that matches its path. Compressed files never "
                                       "match; pipe what they hold to --source.path " +
                                       source.name + "=-"};
    }
  }
  return {};
}

void print_lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
}

}  // namespace leeway
