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

Expected<ReadConfiguration> read_configuration(const CliOptions& options, FileSystem& files, const Clock& clock,
                                               bool keep_state, const std::atomic<bool>& cancelled, ConfigFiles* read) {
  Expected<std::map<std::string, std::string>> paths = parse_source_paths(options.source_paths);
  if (!paths) {
    return std::move(paths).error();
  }
  ReadConfiguration result;
  result.source_paths = *paths;
  AssemblyOptions assembly_options{std::move(*paths), std::nullopt, clock.wall(),
                                   std::filesystem::path(options.config_file).stem().string(), cancelled};
  if (!options.state_dir.empty()) {
    assembly_options.state_dir = options.state_dir;
  } else if (!keep_state) {
    assembly_options.state_dir = "";
  }
  Variables variables(process_variable);
  result.config = read_toml(files, options.config_file, result.diagnostics, &variables, read);
  if (result.diagnostics.has_errors()) {
    return result;
  }
  result.assembly = assemble(result.config, assembly_options, files, result.diagnostics);
  if (result.assembly) {
    apply_scope(result.assembly->catalog, result.diagnostics);
    result.assembly->variables = variables.used();
  }
  return result;
}

void print_warnings(const Diagnostics& diagnostics) { std::fputs(diagnostics.to_string().c_str(), stderr); }

Expected<Assembly> load_configuration(const CliOptions& options, FileSystem& files, const Clock& clock, bool keep_state,
                                      const std::atomic<bool>& cancelled, ConfigFiles* read, WarningSink warn) {
  Expected<ReadConfiguration> result = read_configuration(options, files, clock, keep_state, cancelled, read);
  if (!result) {
    return std::move(result).error();
  }
  if (!result->assembly) {
    return to_error(result->diagnostics);
  }
  if (!result->diagnostics.warnings().empty()) {
    warn(result->diagnostics);
  }
  return std::move(*result->assembly);
}

}  // namespace leeway
