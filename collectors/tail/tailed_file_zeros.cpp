// TailedFile: zeros that are longer than a chunk, as in a preallocated log, or one that was truncated while its writer
// kept its position.
#include <algorithm>
#include <array>

#include "collectors/tail/tailed_file.h"

namespace leeway {

// Skips zero bytes that continue beyond the chunk, whole holes at a time. Zeros up to the end of a file that is still
// written may be overwritten later, as in a preallocated log: reading waits there, and they are lost once something
// follows them.
TailedFile::ReadResult TailedFile::skip_zeros(TailContext& context, std::uint64_t from, const FileInfo& info,
                                              LossReason reason, bool final) {
  // The result of the last scan still holds unless the file changed elsewhere than at the position.
  std::uint64_t at = offset_ == zeros_at_ ? from : std::clamp(zeros_end_, from, std::max(from, info.size));
  zeros_at_ = offset_;
  std::array<char, 16 * kFingerprintBytes> block;
  while (at < info.size) {
    const Expected<std::uint64_t> data = file_->next_data(at);
    if (!data) {
      return fail(data.error());
    }
    at = std::min(*data, info.size);
    const Expected<std::size_t> read = read_fully(*file_, at, block);
    if (!read) {
      return fail(read.error());
    }
    const char* const end = block.data() + *read;
    const char* const found =
        std::find_if(static_cast<const char*>(block.data()), end, [](char c) { return c != '\0'; });
    at += static_cast<std::uint64_t>(found - block.data());
    if (found != end || *read == 0) {
      break;
    }
  }
  if (at >= info.size) {
    zeros_end_ = info.size;
    if (!final) {
      caught_up(info, false);
      return ReadResult::kCaughtUp;
    }
  }
  const std::uint64_t target = std::min(at, info.size);
  const Expected<Fingerprint> fingerprint = read_fingerprint(*file_, target);
  if (!fingerprint) {
    return fingerprint.error().code == ErrorCode::kCorrupt ? ReadResult::kMore : fail(fingerprint.error());
  }
  const std::uint64_t from_offset = offset_;
  const ReadResult jumped = jump(target, *fingerprint);
  context.counters.lose(reason, offset_ - from_offset);
  return jumped;
}

}  // namespace leeway
