#include "agent/sampling/sample_files.h"

#include <algorithm>
#include <cstring>

#include "agent/core/whole_file.h"
#include "collectors/paths/glob.h"

namespace leeway {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

Error read_only(const std::string& path) {
  return Error{ErrorCode::kInternal, "'" + path + "': a sample is only read"};
}

// The first lines, whole ones unless a single one is longer than the limit.
Expected<std::string> read_head(File& file, std::uint64_t end, const SampleSize& most) {
  std::string text;
  std::size_t lines = 0;
  while (text.size() < std::min<std::uint64_t>(end, most.bytes)) {
    const std::size_t at = text.size();
    const Expected<std::string> part =
        read_range(file, at, std::min<std::uint64_t>({kChunk, end - at, most.bytes - at}));
    if (!part || part->empty()) {
      return part ? Expected<std::string>(std::move(text)) : part;
    }
    text += *part;
    for (std::size_t i = text.find('\n', at); i != std::string::npos; i = text.find('\n', i + 1)) {
      if (++lines == most.lines) {
        text.resize(i + 1);
        return text;
      }
    }
  }
  if (text.size() < end) {
    const std::size_t last = text.rfind('\n');
    text.resize(last == std::string::npos ? text.size() : last + 1);
  }
  return text;
}

// The last lines of what begins at `begin`, which is the beginning of a line.
Expected<std::string> read_tail(File& file, std::uint64_t begin, std::uint64_t end, const SampleSize& most) {
  std::string text;
  std::size_t lines = 0;
  std::uint64_t at = end;
  while (at > begin && text.size() < most.bytes) {
    const std::size_t size = std::min<std::uint64_t>({kChunk, at - begin, most.bytes - text.size()});
    const Expected<std::string> part = read_range(file, at - size, size);
    if (!part || part->size() < size) {
      return part ? Expected<std::string>(std::move(text)) : part;
    }
    at -= size;
    text = *part + text;
    // A newline at the end of the file ends the last line.
    for (std::size_t i = size; i-- > 0;) {
      const bool is_last = at + i + 1 == end;
      if (text[i] == '\n' && !is_last && ++lines == most.lines) {
        return text.substr(i + 1);
      }
    }
  }
  const std::size_t first = at > begin ? text.find('\n') : std::string::npos;
  return first == std::string::npos ? text : text.substr(first + 1);
}

}  // namespace

class SampleFiles::TextFile final : public File {
 public:
  TextFile(FileInfo info, std::shared_ptr<const std::string> text) : info_(info), text_(std::move(text)) {}

  Expected<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    if (offset >= text_->size()) {
      return std::size_t{0};
    }
    const std::size_t size = std::min<std::size_t>(out.size(), text_->size() - offset);
    std::memcpy(out.data(), text_->data() + offset, size);
    return size;
  }
  Expected<void> write_at(std::uint64_t /*offset*/, std::string_view /*bytes*/) override { return read_only("file"); }
  Expected<void> sync_data() override { return read_only("file"); }
  Expected<FileInfo> info() const override { return info_; }
  Expected<std::uint64_t> next_data(std::uint64_t offset) const override { return offset; }

 private:
  FileInfo info_;
  std::shared_ptr<const std::string> text_;
};

std::optional<std::string> newest_of(const FileSystem& files, const std::vector<std::string>& paths) {
  std::optional<std::string> newest;
  TimePoint modified = kNoTime;
  for (const std::string& path : paths) {
    const Expected<FileInfo> info = files.stat(path);
    if (info && info->type == FileType::kRegular && info->size != 0 && (!newest || info->modified > modified)) {
      newest = path;
      modified = info->modified;
    }
  }
  return newest;
}

Expected<void> SampleFiles::add_log(const std::string& path, const SampleSize& size) {
  Expected<std::unique_ptr<File>> file = files_.open(path, OpenMode::kRead);
  if (!file) {
    return file.error();
  }
  const Expected<FileInfo> info = (*file)->info();
  if (!info) {
    return info.error();
  }
  Expected<std::string> text = read_head(**file, info->size, size);
  if (text && text->size() < info->size) {
    const Expected<std::string> tail = read_tail(**file, text->size(), info->size, size);
    if (!tail) {
      return tail.error();
    }
    *text += *tail;
  }
  if (!text) {
    return text.error();
  }
  Log log{*info, info->size, std::make_shared<const std::string>(std::move(*text))};
  log.info.size = log.text->size();
  logs_.insert_or_assign({info->device, info->inode}, std::move(log));
  directories_.insert(parent_directory(path));
  show(path);
  return {};
}

const SampleFiles::Log* SampleFiles::find(const FileInfo& info) const {
  const auto found = logs_.find({info.device, info.inode});
  return found == logs_.end() ? nullptr : &found->second;
}

std::string_view SampleFiles::text_of(const std::string& path) const {
  const Expected<FileInfo> info = files_.stat(path);
  const Log* const log = info ? find(*info) : nullptr;
  return log == nullptr ? std::string_view() : *log->text;
}

double SampleFiles::share_of(const std::string& path) const {
  const Expected<FileInfo> info = files_.stat(path);
  const Log* const log = info ? find(*info) : nullptr;
  return log == nullptr || log->whole == 0 ? 1
                                           : static_cast<double>(log->text->size()) / static_cast<double>(log->whole);
}

bool SampleFiles::is_hidden(const std::string& path, FileType type) const {
  return type != FileType::kDirectory && !shown_.contains(path) &&
         (hidden_.contains(path) || directories_.contains(parent_directory(path)));
}

Expected<std::unique_ptr<File>> SampleFiles::open(const std::string& path, OpenMode mode) {
  if (mode != OpenMode::kRead) {
    return read_only(path);
  }
  const Expected<FileInfo> info = files_.stat(path);
  const Log* const log = info ? find(*info) : nullptr;
  if (log == nullptr) {
    return files_.open(path, mode);
  }
  return std::unique_ptr<File>(std::make_unique<TextFile>(log->info, log->text));
}

Expected<FileInfo> SampleFiles::stat(const std::string& path) const {
  Expected<FileInfo> info = files_.stat(path);
  const Log* const log = info ? find(*info) : nullptr;
  if (log == nullptr) {
    const bool hidden = info && is_hidden(path, info->type);
    return hidden ? Expected<FileInfo>(Error{ErrorCode::kNotFound, "'" + path + "' is not in the sample"}) : info;
  }
  if (!revealed_ || is_hidden(path, info->type)) {
    return Error{ErrorCode::kNotFound, "'" + path + "' is not shown"};
  }
  return log->info;
}

Expected<std::vector<DirectoryEntry>> SampleFiles::list(const std::string& directory) const {
  Expected<std::vector<DirectoryEntry>> entries = files_.list(directory);
  if (entries) {
    // A pattern without a directory names files of "." without it.
    std::erase_if(*entries, [&](const DirectoryEntry& entry) {
      const std::string path = join_path(directory == "." ? "" : directory, entry.name);
      return is_hidden(path, entry.type);
    });
  }
  return entries;
}

Expected<void> SampleFiles::rename(const std::string& from, const std::string& /*to*/) { return read_only(from); }
Expected<void> SampleFiles::remove(const std::string& path) { return read_only(path); }
Expected<void> SampleFiles::make_directory(const std::string& path) { return read_only(path); }
Expected<void> SampleFiles::sync_directory(const std::string& path) { return read_only(path); }
Expected<std::unique_ptr<File>> SampleFiles::lock(const std::string& path) { return read_only(path); }

Expected<std::unique_ptr<StreamEndpoint>> SampleFiles::open_stream(const StreamAddress& /*address*/,
                                                                   const StreamOptions& /*options*/) {
  return read_only("stream");
}

}  // namespace leeway
