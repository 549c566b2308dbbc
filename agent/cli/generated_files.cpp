#include "agent/cli/generated_files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace leeway {

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

Expected<void> write_files(const std::string& directory, const std::vector<GeneratedFile>& files) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) {
    return Error{ErrorCode::kIo, directory + ": cannot be made: " + failure.message()};
  }
  for (const GeneratedFile& file : files) {
    const std::string path = (std::filesystem::path(directory) / file.name).string();
    const std::string beside = path + ".new";
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << file.content;
    out.close();
    if (!out) {
      return Error{ErrorCode::kIo, beside + ": cannot be written: " + std::strerror(errno)};
    }
    std::filesystem::rename(beside, path, failure);
    if (failure) {
      return Error{ErrorCode::kIo, path + ": cannot be replaced: " + failure.message()};
    }
    std::printf("%s\n", path.c_str());
  }
  return {};
}

}  // namespace leeway
