#include "agent/cli/input_files.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "agent/init/container_path.h"
#include "agent/init/file_kind.h"

namespace leeway {
namespace {

constexpr std::size_t kBeginning = 4096;
constexpr std::size_t kMostFiles = 2000;
constexpr int kDeepest = 6;

Expected<std::string> beginning_of(FileSystem& files, const std::string& path) {
  Expected<std::unique_ptr<File>> file = files.open(path, OpenMode::kRead);
  if (!file) {
    return file.error();
  }
  std::string text(kBeginning, '\0');
  const Expected<std::size_t> read = read_fully(**file, 0, text);
  if (!read) {
    return read.error();
  }
  text.resize(*read);
  return text;
}

// Why there is nothing to look at; "" where there is.
Expected<std::string> reason_to_skip(FileSystem& files, const InputFile& file) {
  if (file.info.type == FileType::kFifo) {
    return std::string("is a pipe: `leeway init - <PIPE` looks at what comes through it");
  }
  if (file.info.type != FileType::kRegular) {
    return std::string("is a socket or a device, and no file");
  }
  const std::string by_name = file.named ? "" : kind_by_name(std::filesystem::path(file.path).filename().string());
  if (!by_name.empty()) {
    return "is " + by_name + " by its name, and no log";
  }
  if (file.info.size == 0) {
    return std::string("is empty: there is nothing to look at");
  }
  if (is_compressed_name(file.path)) {
    return std::string();
  }
  const Expected<std::string> beginning = beginning_of(files, file.path);
  if (!beginning) {
    return beginning.error();
  }
  const std::string kind = binary_kind(*beginning);
  return kind.empty() || file.path.ends_with(".parquet") ? std::string() : "is " + kind + ", and no text";
}

// What is below a directory.
class Walk {
 public:
  Walk(FileSystem& files, std::vector<std::string>& said) : files_(files), said_(said) {}

  void add_directory(const std::string& path, int depth) {
    Expected<std::vector<DirectoryEntry>> entries = files_.list(path);
    if (!entries) {
      said_.push_back(path + " is skipped: " + entries.error().to_string());
      return;
    }
    std::sort(entries->begin(), entries->end(),
              [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.name < b.name; });
    for (const DirectoryEntry& entry : *entries) {
      const std::string inside = (std::filesystem::path(path) / entry.name).string();
      const Expected<FileInfo> info = files_.stat(inside);
      if (!info || entry.name.starts_with('.')) {
        continue;
      }
      if (info->type == FileType::kDirectory) {
        // A link may lead back.
        if (!files_.read_link(inside)) {
          add_below(inside, depth);
        }
      } else {
        add_file({inside, *info, false});
      }
    }
  }

  // Without what a runtime keeps beside the logs of its containers.
  std::vector<InputFile> take() {
    std::set<std::filesystem::path> of_containers;
    for (const InputFile& one : found_) {
      if (container_path(one.path)) {
        of_containers.insert(std::filesystem::path(one.path).parent_path());
      }
    }
    std::erase_if(found_, [&](const InputFile& one) {
      return !container_path(one.path) && of_containers.contains(std::filesystem::path(one.path).parent_path());
    });
    std::sort(found_.begin(), found_.end(), [](const InputFile& a, const InputFile& b) { return a.path < b.path; });
    return std::move(found_);
  }

 private:
  void add_below(const std::string& path, int depth) {
    if (depth == kDeepest) {
      said_.push_back(path + " is skipped: it is too deep below the directory that was named");
    } else {
      add_directory(path, depth + 1);
    }
  }

  void add_file(InputFile file) {
    if (found_.size() == kMostFiles) {
      return;
    }
    const Expected<std::string> reason = reason_to_skip(files_, file);
    if (!reason) {
      said_.push_back(file.path + " is skipped: " + reason.error().to_string());
    } else if (!reason->empty()) {
      said_.push_back(file.path + " " + *reason);
    } else {
      found_.push_back(std::move(file));
    }
    if (found_.size() == kMostFiles) {
      said_.push_back("only the first " + std::to_string(kMostFiles) + " files are looked at");
    }
  }

  FileSystem& files_;
  std::vector<std::string>& said_;
  std::vector<InputFile> found_;
};

}  // namespace

bool is_compressed_name(const std::string& path) { return path.ends_with(".gz") || path.ends_with(".zst"); }

Expected<std::vector<InputFile>> input_files(FileSystem& files, const std::string& given,
                                             std::vector<std::string>& said) {
  const std::string path = std::filesystem::absolute(given).lexically_normal().string();
  const Expected<FileInfo> info = files.stat(path);
  if (!info) {
    return info.error();
  }
  if (info->type == FileType::kDirectory) {
    Walk walk(files, said);
    walk.add_directory(path, 0);
    return walk.take();
  }
  InputFile file{path, *info, true};
  const Expected<std::string> reason = reason_to_skip(files, file);
  if (!reason) {
    return reason.error();
  }
  if (!reason->empty()) {
    said.push_back(path + " " + *reason);
    return std::vector<InputFile>();
  }
  return std::vector<InputFile>{std::move(file)};
}

}  // namespace leeway
