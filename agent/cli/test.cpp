#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "agent/cli/case_file.h"
#include "agent/cli/case_run.h"
#include "agent/cli/commands.h"
#include "agent/cli/junit.h"
#include "agent/cli/load_configuration.h"
#include "agent/cli/report_error.h"

namespace leeway {
namespace {

int report(const Diagnostics& diagnostics) {
  std::fputs(diagnostics.to_string().c_str(), stderr);
  return exit_code(ErrorCode::kConfiguration);
}

void print_result(const CaseResult& result, const Position& position) {
  if (result.differences.empty()) {
    std::printf("ok    %s\n", result.name.c_str());
    return;
  }
  std::printf("FAIL  %s (%s)\n", result.name.c_str(), position.to_string().c_str());
  for (const std::string& difference : result.differences) {
    std::printf("      %s\n", difference.c_str());
  }
}

}  // namespace

int test_command(const CliOptions& options) {
  PosixFileSystem files;
  const SystemClock clock;
  Diagnostics diagnostics;
  const CaseFile cases = read_case_file(files, options.file, diagnostics);
  if (diagnostics.has_errors()) {
    return report(diagnostics);
  }
  CliOptions own = options;
  if (own.config_file.empty()) {
    own.config_file = cases.config;
  }
  if (own.config_file.empty()) {
    return report_error(Error{ErrorCode::kUsage, options.file + ": names no configuration; expected 'config' in it, or "
                                                                "--config.file"});
  }
  const Expected<Assembly> assembly = load_configuration(own, files, clock, false);
  if (!assembly) {
    return report_error(assembly.error());
  }
  check_names(cases, *assembly, diagnostics);
  if (diagnostics.has_errors()) {
    return report(diagnostics);
  }
  std::vector<std::string> sources;
  for (const auto& source : assembly->sources) {
    sources.push_back(source->name);
  }
  std::vector<CaseResult> results;
  int worst = 0;  // exit code of a case that could not be run
  for (const TestCase& test : cases.cases) {
    const MonotonicTime started = clock.monotonic();
    Expected<std::vector<std::string>> differences = run_case(test, own, sources, files, clock);
    if (!differences) {
      worst = std::max(worst, exit_code(differences.error().code));
      differences = std::vector<std::string>{"not run: " + differences.error().to_string()};
    }
    results.push_back({test.name, std::move(*differences), to_seconds(clock.monotonic() - started)});
    if (options.format != "junit") {
      print_result(results.back(), test.position);
    }
  }
  const auto failed = static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(), [](const CaseResult& one) { return !one.differences.empty(); }));
  if (options.format == "junit") {
    std::fputs(junit_xml(options.file, results).c_str(), stdout);
  } else {
    std::printf("%zu cases, %zu failed\n", results.size(), failed);
  }
  return worst != 0 ? worst : failed == 0 ? 0 : 1;
}

}  // namespace leeway
