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

Expected<void> generate(const CliOptions& options, FolderMaker make) {
  PosixFileSystem files;
  const SystemClock clock;
  std::vector<Catalog> catalogs;
  for (const std::string& file : options.config_files) {
    CliOptions one = options;
    one.config_file = file;
    Expected<Assembly> assembly = load_configuration(one, files, clock, false);
    if (!assembly) {
      return assembly.error();
    }
    catalogs.push_back(std::move(assembly->catalog));
  }
  const Expected<std::vector<GeneratedFolder>> folders = make(catalogs, options);
  if (!folders) {
    return folders.error();
  }
  for (const GeneratedFolder& folder : *folders) {
    if (Expected<void> written = write_files(folder.path, folder.files); !written) {
      return written;
    }
    if (Expected<void> removed = remove_former_files(folder.path, folder.files, folder.former); !removed) {
      return removed;
    }
  }
  return {};
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

int generate_files(const CliOptions& options, FolderMaker make) {
  const Expected<void> written = generate(options, make);
  return written ? 0 : report_error(written.error());
}

}  // namespace leeway
