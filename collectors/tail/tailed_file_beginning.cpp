// TailedFile: what the beginning of its file says about the rest.
#include <array>

#include "collectors/tail/first_line.h"
#include "collectors/tail/tailed_file.h"

namespace leeway {

// Of the file: `read` was read at `from`. Not known while the file is shorter than a byte order mark.
Expected<Wide> TailedFile::byte_order(std::string_view read, std::uint64_t from) {
  if (wide_) {
    return *wide_;
  }
  std::array<char, 2> head{};
  if (from > 0) {
    const Expected<std::size_t> size = read_fully(*file_, 0, head);
    if (!size) {
      return size.error();
    }
    read = {head.data(), *size};
  }
  if (read.size() >= head.size()) {
    wide_ = wide_by_mark(read);
  }
  return wide_.value_or(Wide::kNone);
}

// Read again after a start: the beginning of the file is what it was, or else it begins anew.
Expected<void> TailedFile::give_first_line(TailContext& context) {
  if (!context.decoder.wants_first_line()) {
    return {};
  }
  if (!first_line_) {
    Expected<FirstLine> line = read_first_line(*file_, context.options.max_line);
    if (!line) {
      return line.error();
    }
    context.decoder.set_first_line(line->text);
    if (line->complete) {
      first_line_ = std::move(line->text);
    }
    return {};
  }
  context.decoder.set_first_line(*first_line_);
  return {};
}

}  // namespace leeway
