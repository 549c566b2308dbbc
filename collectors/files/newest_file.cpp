#include "collectors/files/newest_file.h"

#include <map>
#include <utility>

#include "collectors/paths/glob.h"

namespace leeway {
namespace {

// Repeats a step until it has an outcome; the error is that of a file that cannot be read.
template <typename Step>
Expected<void> complete(const NewestFile& newest, FileReader& reader, const Step& take_step) {
  for (;;) {
    const ReadStep step = take_step();
    switch (step.state) {
      case ReadStep::State::kMore:
        break;
      case ReadStep::State::kWaiting:
        reader.wait();
        break;
      case ReadStep::State::kDone:
        return {};
      case ReadStep::State::kBroken:
      case ReadStep::State::kFailed:
        return Error{ErrorCode::kIo, newest.path + ": " + step.message};
    }
  }
}

}  // namespace

std::string NewestFile::stamp() const {
  return path + " " + std::to_string(info.inode) + " " + std::to_string(info.size) + " " +
         std::to_string(info.modified.time_since_epoch().count());
}

std::optional<NewestFile> newest_file(const FilePaths& paths, const FileSystem& files) {
  std::optional<NewestFile> newest;
  std::map<std::string, std::string> problems;
  for (const std::string& path : expand(files, paths.patterns, paths.excludes).paths) {
    const std::optional<FileInfo> info = find_regular_file(files, path, paths.patterns, problems);
    if (info && (!newest || info->modified >= newest->info.modified)) {
      newest = NewestFile{path, *info};
    }
  }
  return newest;
}

Expected<std::vector<std::string>> columns_of(const NewestFile& newest, FileReader& reader, FileSystem& files) {
  Expected<std::unique_ptr<File>> file = files.open(newest.path, OpenMode::kRead);
  if (!file) {
    return file.error();
  }
  const auto scratch = std::make_unique<RecordBatch>();
  scratch->reset(0);
  FileToRead version{newest.path, file->get(), newest.info.size};
  version.columns_only = true;
  reader.open(version);
  Expected<void> done = complete(newest, reader, [&] { return reader.prepare({}, *scratch); });
  if (done) {
    done = complete(newest, reader, [&] { return reader.begin(0, *scratch); });
  }
  std::vector<std::string> names;
  if (done) {
    names.assign(reader.columns().begin(), reader.columns().end());
  }
  reader.close();
  return done ? Expected<std::vector<std::string>>(std::move(names)) : done.error();
}

}  // namespace leeway
