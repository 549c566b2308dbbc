#include "agent/cli/former_files.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace leeway {
namespace {

std::string beginning(const std::filesystem::path& path) {
  constexpr std::size_t kMarked = 4096;
  std::string text(kMarked, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

bool matches(const std::filesystem::path& path, const FormerFile& former) {
  const std::string name = path.filename().string();
  if (name.size() < former.prefix.size() + former.suffix.size() || !name.starts_with(former.prefix) ||
      !name.ends_with(former.suffix) || (former.suffix.empty() && name != former.prefix)) {
    return false;
  }
  const std::string text = beginning(path);
  return std::all_of(former.marks.begin(), former.marks.end(),
                     [&text](const std::string& mark) { return text.find(mark) != std::string::npos; });
}

}  // namespace

Expected<void> remove_former_files(const std::string& directory, const std::vector<GeneratedFile>& written,
                                   const std::vector<FormerFile>& former) {
  std::error_code failure;
  std::vector<std::filesystem::path> found;
  for (std::filesystem::directory_iterator at(directory, failure), end; !failure && at != end; at.increment(failure)) {
    const std::filesystem::directory_entry& entry = *at;
    const std::string name = entry.path().filename().string();
    std::error_code ignored;
    const bool is_file = std::filesystem::is_regular_file(entry.symlink_status(ignored));
    const bool again =
        std::any_of(written.begin(), written.end(), [&name](const GeneratedFile& file) { return file.name == name; });
    if (is_file && !again && std::any_of(former.begin(), former.end(), [&entry](const FormerFile& one) {
          return matches(entry.path(), one);
        })) {
      found.push_back(entry.path());
    }
  }
  if (failure) {
    return Error{ErrorCode::kIo, directory + ": cannot be listed: " + failure.message()};
  }
  for (const std::filesystem::path& path : found) {
    std::filesystem::remove(path, failure);
    if (failure) {
      return Error{ErrorCode::kIo, path.string() + ": of an earlier run, cannot be removed: " + failure.message()};
    }
    std::fprintf(stderr, "%s: removed, of an earlier run\n", path.c_str());
  }
  return {};
}

}  // namespace leeway
