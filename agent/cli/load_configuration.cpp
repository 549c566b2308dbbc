#include "agent/cli/load_configuration.h"

#include <cstdio>
#include <filesystem>

#include "agent/alerts/rule_scope.h"
#include "agent/config/toml_reader.h"

namespace leeway {
namespace {

Expected<std::map<std::string, std::string>> parse_source_paths(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> paths;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
      return Error{ErrorCode::kUsage, "--source.path '" + text + "': expected NAME=GLOB"};
    }
    paths[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return paths;
}

// Diagnostics end each line with a newline; an Error ends without one.
Error to_error(const Diagnostics& diagnostics) {
  std::string text = diagnostics.to_string();
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return Error{ErrorCode::kConfiguration, std::move(text)};
}

}  // namespace

Expected<Assembly> load_configuration(const CliOptions& options, FileSystem& files, const Clock& clock, bool keep_state,
                                      const std::atomic<bool>& cancelled, ConfigFiles* read) {
  Expected<std::map<std::string, std::string>> paths = parse_source_paths(options.source_paths);
  if (!paths) {
    return std::move(paths).error();
  }
  AssemblyOptions assembly_options{std::move(*paths), std::nullopt, clock.wall(),
                                   std::filesystem::path(options.config_file).stem().string(), cancelled};
  if (!options.state_dir.empty()) {
    assembly_options.state_dir = options.state_dir;
  } else if (!keep_state) {
    assembly_options.state_dir = "";
  }
  Diagnostics diagnostics;
  Variables variables(process_variable);
  const ConfigTable config = read_toml(files, options.config_file, diagnostics, &variables, read);
  if (diagnostics.has_errors()) {
    return to_error(diagnostics);
  }
  std::optional<Assembly> assembly = assemble(config, assembly_options, files, diagnostics);
  if (!assembly) {
    return to_error(diagnostics);
  }
  apply_scope(assembly->catalog, diagnostics);
  if (!diagnostics.warnings().empty()) {
    std::fputs(diagnostics.to_string().c_str(), stderr);
  }
  assembly->variables = variables.used();
  return std::move(*assembly);
}

}  // namespace leeway
