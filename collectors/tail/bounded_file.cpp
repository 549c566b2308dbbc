#include "collectors/tail/bounded_file.h"

#include <algorithm>

namespace leeway {
namespace {

class BoundedFile final : public File {
 public:
  BoundedFile(std::unique_ptr<File> file, std::uint64_t end) : file_(std::move(file)), end_(end) {}

  Expected<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    const std::uint64_t left = end_ - std::min(offset, end_);
    return file_->read_at(offset, out.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, out.size()))));
  }
  Expected<void> write_at(std::uint64_t, std::string_view) override {
    return Error{ErrorCode::kIo, "the file is read only"};
  }
  Expected<void> sync_data() override { return Error{ErrorCode::kIo, "the file is read only"}; }
  Expected<FileInfo> info() const override {
    Expected<FileInfo> info = file_->info();
    if (info) {
      info->size = std::min(info->size, end_);
    }
    return info;
  }
  Expected<std::uint64_t> next_data(std::uint64_t offset) const override {
    Expected<std::uint64_t> data = file_->next_data(offset);
    return data ? std::min(*data, std::max(offset, end_)) : data;
  }

 private:
  const std::unique_ptr<File> file_;
  const std::uint64_t end_;
};

}  // namespace

std::unique_ptr<File> bounded(std::unique_ptr<File> file, std::uint64_t end) {
  return std::make_unique<BoundedFile>(std::move(file), end);
}

}  // namespace leeway
