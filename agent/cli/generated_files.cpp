#include "agent/cli/generated_files.h"

#include <cstdio>
#include <filesystem>

#include "agent/cli/load_configuration.h"
#include "agent/cli/output_file.h"
#include "agent/cli/report_error.h"

namespace leeway {
namespace {

Expected<void> write_files(const std::string& directory, const std::vector<GeneratedFile>& files) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) {
    return Error{ErrorCode::kIo, directory + ": cannot be created: " + failure.message()};
  }
  for (const GeneratedFile& file : files) {
    const std::string path = (std::filesystem::path(directory) / file.name).string();
    if (Expected<void> written = replace_output(path, file.content); !written) {
      return written;
    }
    std::printf("%s\n", path.c_str());
  }
  return {};
}

Expected<void> generate(const CliOptions& options, FileMaker make, FormerMaker former) {
  PosixFileSystem files;
  const SystemClock clock;
  const Expected<Assembly> assembly = load_configuration(options, files, clock, false);
  if (!assembly) {
    return assembly.error();
  }
  const Expected<std::vector<GeneratedFile>> generated = make(assembly->catalog, options);
  if (!generated) {
    return generated.error();
  }
  if (Expected<void> written = write_files(options.output_dir, *generated); !written) {
    return written;
  }
  return remove_former_files(options.output_dir, *generated, former(assembly->catalog, options));
}

}  // namespace

Expected<KubernetesOptions> kubernetes_options(const CliOptions& options) {
  KubernetesOptions result;
  result.name_space = options.object_namespace;
  for (const std::string& text : options.object_labels) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return Error{ErrorCode::kUsage, "--object.label '" + text + "': expected NAME=VALUE"};
    }
    result.labels.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

int generate_files(const CliOptions& options, FileMaker make, FormerMaker former) {
  const Expected<void> written = generate(options, make, former);
  return written ? 0 : report_error(written.error());
}

}  // namespace leeway
