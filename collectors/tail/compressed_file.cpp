#include "collectors/tail/compressed_file.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace leeway {
// A member of ContentCache is of these types: they are not local to this file.
namespace compressed_file {

constexpr std::size_t kHistory = std::size_t{2} << 20;       // bytes
constexpr std::size_t kWholeContent = std::size_t{8} << 20;  // bytes: up to here, all of it is kept
constexpr std::size_t kPart = std::size_t{64} << 10;         // bytes, of input and of output
constexpr int kMaxZstdWindowLog = 24;

struct Step {
  std::size_t consumed = 0;
  std::size_t produced = 0;
};

// One direction, from the beginning; a file may hold several streams one after the other.
class Decompressor {
 public:
  virtual ~Decompressor() = default;
  virtual Expected<Step> decode(std::span<const char> in, std::span<char> out) = 0;
  // Whether the input so far is a number of whole streams.
  virtual bool between_streams() const = 0;
};

class GzipDecompressor final : public Decompressor {
 public:
  GzipDecompressor() { ready_ = inflateInit2(&stream_, kGzipWindow) == Z_OK; }
  ~GzipDecompressor() override { inflateEnd(&stream_); }
  GzipDecompressor(const GzipDecompressor&) = delete;
  GzipDecompressor& operator=(const GzipDecompressor&) = delete;

  Expected<Step> decode(std::span<const char> in, std::span<char> out) override {
    if (!ready_) {
      return Error{ErrorCode::kIo, "no memory to decompress"};
    }
    std::array<Bytef, 1> none{};
    stream_.next_in = in.empty() ? none.data() : reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    const Step step{in.size() - stream_.avail_in, out.size() - stream_.avail_out};
    between_ = result == Z_STREAM_END;
    if (between_) {
      inflateReset(&stream_);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return Error{ErrorCode::kIo, "damaged: " + std::string(stream_.msg == nullptr ? "not gzip" : stream_.msg)};
    }
    return step;
  }
  bool between_streams() const override { return between_; }

 private:
  static constexpr int kGzipWindow = 15 + 16;  // the header of gzip

  z_stream stream_{};
  bool ready_ = false;
  bool between_ = true;
};

class ZstdDecompressor final : public Decompressor {
 public:
  ZstdDecompressor() : stream_(ZSTD_createDStream(), ZSTD_freeDStream) {
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kMaxZstdWindowLog);
  }

  Expected<Step> decode(std::span<const char> in, std::span<char> out) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t result = ZSTD_decompressStream(stream_.get(), &output, &input);
    if (ZSTD_isError(result) != 0) {
      return Error{ErrorCode::kIo, std::string("damaged: ") + ZSTD_getErrorName(result)};
    }
    between_ = result == 0;
    return Step{input.pos, output.pos};
  }
  bool between_streams() const override { return between_; }

 private:
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
  bool between_ = true;
};

class CompressedFile final : public File {
 public:
  CompressedFile(std::string path, std::unique_ptr<File> raw) : path_(std::move(path)), raw_(std::move(raw)) {}

  Expected<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    if (offset >= zeros_ && offset < end_ - history_.size()) {
      restart();
    }
    while (end_ <= offset) {
      const Expected<bool> more = decode_part();
      if (!more) {
        return more.error();
      }
      if (!*more) {
        return std::size_t{0};
      }
    }
    if (offset < zeros_) {
      const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), zeros_ - offset));
      std::memset(out.data(), '\0', size);
      return size;
    }
    const std::size_t at = history_.size() - static_cast<std::size_t>(end_ - offset);
    const std::size_t size = std::min(out.size(), history_.size() - at);
    std::memcpy(out.data(), history_.data() + at, size);
    return size;
  }
  Expected<void> write_at(std::uint64_t, std::string_view) override { return read_only(); }
  Expected<void> sync_data() override { return read_only(); }
  Expected<std::uint64_t> next_data(std::uint64_t offset) const override { return std::max(offset, zeros_); }

  Expected<FileInfo> info() const override {
    Expected<FileInfo> info = raw_->info();
    if (!info) {
      return info;
    }
    if (!measured_ || measured_->size != info->size || measured_->modified != info->modified) {
      restart();
      while (true) {
        const Expected<bool> more = decode_part();
        if (!more) {
          return more.error();
        }
        if (!*more) {
          break;
        }
      }
      measured_ = *info;
      size_ = end_;
    }
    info->size = size_;
    return info;
  }

  // What info() would find by decompressing all of the file that `raw` was of.
  void set_size(const FileInfo& raw, std::uint64_t size) const {
    measured_ = raw;
    size_ = size;
  }
  const std::optional<FileInfo>& measured() const { return measured_; }
  std::uint64_t size() const { return size_; }
  std::size_t kept() const { return history_.capacity(); }

 private:
  Error read_only() const { return {ErrorCode::kIo, "'" + path_ + "' is read only"}; }

  void restart() const {
    decompressor_.reset();
    input_.clear();
    raw_offset_ = 0;
    history_.clear();
    zeros_ = 0;
    end_ = 0;
  }

  // Appends to the history; false at the end of the content.
  Expected<bool> decode_part() const {
    if (decompressor_ == nullptr) {
      if (path_.ends_with(".gz")) {
        decompressor_ = std::make_unique<GzipDecompressor>();
      } else {
        decompressor_ = std::make_unique<ZstdDecompressor>();
      }
    }
    while (true) {
      if (input_.empty()) {
        input_.resize(kPart);
        const Expected<std::size_t> size = read_fully(*raw_, raw_offset_, input_);
        if (!size) {
          return size.error();
        }
        input_.resize(*size);
        raw_offset_ += *size;
      }
      const bool at_end = input_.empty();
      if (at_end && decompressor_->between_streams()) {
        return false;
      }
      std::array<char, kPart> part;
      const Expected<Step> step = decompressor_->decode(input_, part);
      if (!step) {
        return Error{step.error().code, "'" + path_ + "' is " + step.error().message};
      }
      input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(step->consumed));
      if (step->produced > 0) {
        keep({part.data(), step->produced});
        return true;
      }
      if (at_end) {
        return Error{ErrorCode::kIo, "'" + path_ + "' ends early: perhaps it is still being compressed"};
      }
    }
  }

  void keep(std::string_view part) const {
    if (end_ == zeros_) {
      const std::size_t zeros = std::min(part.find_first_not_of('\0'), part.size());
      zeros_ += zeros;
      end_ += zeros;
      part.remove_prefix(zeros);
    }
    if (history_.size() > (end_ - zeros_ > kWholeContent ? 2 * kHistory : kWholeContent)) {
      history_.erase(history_.begin(), history_.end() - static_cast<std::ptrdiff_t>(kHistory));
    }
    history_.insert(history_.end(), part.begin(), part.end());
    end_ += part.size();
  }

  const std::string path_;
  const std::unique_ptr<File> raw_;
  // Where decompression stands; reading does not change what the file is.
  mutable std::unique_ptr<Decompressor> decompressor_;
  mutable std::vector<char> input_;  // not decoded yet
  mutable std::uint64_t raw_offset_ = 0;
  mutable std::vector<char> history_;  // of the content before end_, without the zeros that it begins with
  // A log that was truncated while its writer kept its position begins with many.
  mutable std::uint64_t zeros_ = 0;
  mutable std::uint64_t end_ = 0;
  mutable std::optional<FileInfo> measured_;  // when the size was found
  mutable std::uint64_t size_ = 0;
};

}  // namespace compressed_file

using compressed_file::CompressedFile;

bool can_decompress(std::string_view path) { return path.ends_with(".gz") || path.ends_with(".zst"); }

Expected<std::unique_ptr<File>> open_content(FileSystem& files, const std::string& path) {
  Expected<std::unique_ptr<File>> file = files.open(path, OpenMode::kRead);
  if (!file || !can_decompress(path)) {
    return file;
  }
  return std::unique_ptr<File>(std::make_unique<CompressedFile>(path, *std::move(file)));
}

class ContentCache::Contents {
 public:
  std::unique_ptr<CompressedFile> take(std::string path, std::unique_ptr<File> raw, const FileInfo& info) {
    const auto found =
        std::find_if(idle_.begin(), idle_.end(), [&](const Idle& idle) { return is_same(idle.raw, info); });
    if (found != idle_.end()) {
      std::unique_ptr<CompressedFile> file = std::move(found->file);
      idle_.erase(found);
      return file;
    }
    auto file = std::make_unique<CompressedFile>(std::move(path), std::move(raw));
    const auto size = sizes_.find({info.device, info.inode});
    if (size != sizes_.end() && is_same(size->second.raw, info)) {
      file->set_size(info, size->second.size);
    }
    return file;
  }

  void put_back(std::unique_ptr<CompressedFile> file) {
    if (!file->measured()) {  // where its decompression stands is not known
      return;
    }
    const FileInfo raw = *file->measured();
    sizes_[{raw.device, raw.inode}] = {raw, file->size()};
    if (sizes_.size() > kMostSizes) {
      sizes_.erase(sizes_.begin());
    }
    idle_.push_front({raw, std::move(file)});
    std::size_t kept = 0;
    std::size_t files = 0;
    while (files < idle_.size() && files < kMostIdle && (kept += idle_[files].file->kept()) <= kMostKept) {
      ++files;
    }
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(files), idle_.end());
  }

  void close_all() { idle_.clear(); }

 private:
  static constexpr std::size_t kMostKept = 16 << 20;
  static constexpr std::size_t kMostIdle = 64;
  static constexpr std::size_t kMostSizes = 4096;

  struct Size {
    FileInfo raw;
    std::uint64_t size = 0;
  };

  struct Idle {
    FileInfo raw;  // when its content was measured
    std::unique_ptr<CompressedFile> file;
  };

  static bool is_same(const FileInfo& a, const FileInfo& b) {
    return a.device == b.device && a.inode == b.inode && a.size == b.size && a.modified == b.modified &&
           a.born == b.born;
  }

  std::deque<Idle> idle_;                                          // the last used first
  std::map<std::pair<std::uint64_t, std::uint64_t>, Size> sizes_;  // by device and inode
};

namespace {

// Gives the content back when it is closed.
template <typename Contents>
class CachedFile final : public File {
 public:
  CachedFile(Contents& contents, std::unique_ptr<CompressedFile> file) : contents_(contents), file_(std::move(file)) {}
  CachedFile(const CachedFile&) = delete;
  CachedFile& operator=(const CachedFile&) = delete;
  ~CachedFile() override { contents_.put_back(std::move(file_)); }

  Expected<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    return file_->read_at(offset, out);
  }
  Expected<void> write_at(std::uint64_t offset, std::string_view data) override {
    return file_->write_at(offset, data);
  }
  Expected<void> sync_data() override { return file_->sync_data(); }
  Expected<std::uint64_t> next_data(std::uint64_t offset) const override { return file_->next_data(offset); }
  Expected<FileInfo> info() const override { return file_->info(); }

 private:
  Contents& contents_;
  std::unique_ptr<CompressedFile> file_;
};

}  // namespace

ContentCache::ContentCache() : contents_(std::make_unique<Contents>()) {}

ContentCache::~ContentCache() = default;

Expected<std::unique_ptr<File>> ContentCache::open(FileSystem& files, const std::string& path) {
  Expected<std::unique_ptr<File>> raw = files.open(path, OpenMode::kRead);
  if (!raw || !can_decompress(path)) {
    return raw;
  }
  const Expected<FileInfo> info = (*raw)->info();
  if (!info) {
    return info.error();
  }
  return std::unique_ptr<File>(
      std::make_unique<CachedFile<Contents>>(*contents_, contents_->take(path, *std::move(raw), *info)));
}

void ContentCache::close_all() { contents_->close_all(); }

}  // namespace leeway
