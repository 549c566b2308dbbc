#include "agent/cli/case_folder.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace leeway {
namespace {

namespace fs = std::filesystem;

Error at(const Position& position, const std::string& message) {
  return Error{ErrorCode::kConfiguration, message, position};
}

Expected<void> write_text(const CaseInput& input, const fs::path& path) {
  std::ofstream out(path, std::ios::binary);
  out << *input.text;
  out.close();
  if (!out) {
    return system_error("cannot write", path.string(), errno);
  }
  std::error_code failure;
  if (input.modified) {
    fs::last_write_time(path, std::chrono::file_clock::from_sys(*input.modified), failure);
  }
  return failure ? Error{ErrorCode::kIo, "cannot set the time of '" + path.string() + "': " + failure.message()}
                 : Expected<void>();
}

// What fields of paths are read from: the path of `file` from the folder of the cases, or all of it if it is elsewhere.
fs::path path_below(const std::string& folder, const std::string& file) {
  const fs::path whole = fs::absolute(file).lexically_normal();
  const fs::path below = whole.lexically_relative(fs::absolute(folder.empty() ? "." : folder).lexically_normal());
  return below.empty() || *below.begin() == ".." ? whole.relative_path() : below;
}

// The files of a source, in their order. Those that exist are read where they are, or by links if there are others:
// each below a folder of its own, with its path.
class SourceFiles {
 public:
  explicit SourceFiles(fs::path folder) : folder_(std::move(folder)) {}

  Expected<void> add(const CaseInput& input) {
    for (const std::string& file : input.files) {
      std::error_code failure;
      if (!fs::is_regular_file(file, failure)) {
        return Error{ErrorCode::kNotFound, "'" + file + "' is no file; expected a path from the folder of the cases",
                     input.position};
      }
      const fs::path link = folder_ / std::to_string(100'000 + count_++).substr(1) / path_below(input.folder, file);
      fs::create_directories(link.parent_path(), failure);
      if (!failure) {
        fs::create_symlink(fs::absolute(file), link, failure);
      }
      if (failure) {
        return Error{ErrorCode::kIo, "cannot link '" + file + "': " + failure.message()};
      }
      last_ = file;
    }
    if (!input.text) {
      return {};
    }
    ++count_;
    const fs::path path = folder_ / input.file_name;
    last_ = path.string();
    std::error_code failure;
    fs::create_directories(path.parent_path(), failure);
    if (failure) {
      return Error{ErrorCode::kIo, "cannot create '" + path.parent_path().string() + "': " + failure.message()};
    }
    return fs::exists(last_)
               ? at(input.position, "another input of the source has the file_name '" + input.file_name + "'")
               : write_text(input, last_);
  }

  std::string glob() const { return count_ == 1 ? last_ : (folder_ / (count_ == 0 ? "nothing" : "**")).string(); }

 private:
  fs::path folder_;
  std::size_t count_ = 0;
  std::string last_;
};

}  // namespace

Expected<CaseFolder> CaseFolder::make() {
  std::error_code failure;
  std::string path = (fs::temp_directory_path(failure) / "leeway-test-XXXXXX").string();
  if (failure || ::mkdtemp(path.data()) == nullptr) {
    return system_error("cannot create", path, errno);
  }
  return CaseFolder(path);
}

CaseFolder::~CaseFolder() {
  if (!path_.empty()) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
}

Expected<std::vector<std::string>> CaseFolder::place(const TestCase& test, const std::vector<std::string>& sources) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const fs::path folder = fs::path(path_) / std::to_string(i);
    std::error_code failure;
    fs::create_directory(folder, failure);
    if (failure) {
      return Error{ErrorCode::kIo, "cannot create '" + folder.string() + "': " + failure.message()};
    }
    SourceFiles source(folder);
    for (const CaseInput& input : test.inputs) {
      const bool is_its = input.source == sources[i] || (input.source.empty() && sources.size() == 1);
      if (const Expected<void> added = is_its ? source.add(input) : Expected<void>(); !added) {
        return added.error();
      }
    }
    paths.push_back(sources[i] + "=" + source.glob());
  }
  return paths;
}

}  // namespace leeway
