#include "collectors/tail/compressed_file.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace leeway {
namespace {

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

}  // namespace

bool can_decompress(std::string_view path) { return path.ends_with(".gz") || path.ends_with(".zst"); }

Expected<std::unique_ptr<File>> open_content(FileSystem& files, const std::string& path) {
  Expected<std::unique_ptr<File>> file = files.open(path, OpenMode::kRead);
  if (!file || !can_decompress(path)) {
    return file;
  }
  return std::unique_ptr<File>(std::make_unique<CompressedFile>(path, *std::move(file)));
}

}  // namespace leeway
