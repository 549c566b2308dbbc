#include "agent/init/log_sample.h"

#include <algorithm>

#include "agent/core/whole_file.h"
#include "collectors/tail/compressed_file.h"

namespace leeway {
namespace {

constexpr std::uint64_t kPart = std::uint64_t{1} << 20;

std::string first_lines(std::string text, std::size_t lines) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < lines; ++i) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) {
      text.resize(at == 0 ? text.size() : at);
      return text;
    }
    at = end + 1;
  }
  text.resize(at);
  return text;
}

// Of a part that begins within a line.
std::string without_first_line(const std::string& text) {
  const std::size_t end = text.find('\n');
  return end == std::string::npos ? std::string() : text.substr(end + 1);
}

std::string last_lines(const std::string& text, std::size_t lines) {
  std::size_t at = text.ends_with('\n') ? text.size() - 1 : text.size();
  for (std::size_t i = 0; i < lines; ++i) {
    const std::size_t newline = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    if (newline == std::string::npos) {
      return text;
    }
    at = newline;
  }
  return text.substr(at + 1);
}

// Of a log that is being written, the last line may be half of one.
std::string without_open_line(std::string text) {
  const std::size_t end = text.rfind('\n');
  text.resize(end == std::string::npos ? text.size() : end + 1);
  return text;
}

}  // namespace

Expected<LogSample> take_log_sample(FileSystem& files, const std::string& path, std::size_t lines) {
  LogSample sample;
  sample.path = path;
  sample.compressed = can_decompress(path);
  const Expected<FileInfo> info = files.stat(path);
  if (!info) {
    return info.error();
  }
  sample.info = *info;
  Expected<std::unique_ptr<File>> file = open_content(files, path);
  if (!file) {
    return file.error();
  }
  const Expected<FileInfo> content = (*file)->info();
  if (!content) {
    return content.error();
  }
  sample.size = content->size;
  if (sample.size <= 3 * kPart) {
    Expected<std::string> all = read_range(**file, 0, sample.size);
    if (!all) {
      return all.error();
    }
    const auto count = static_cast<std::size_t>(std::count(all->begin(), all->end(), '\n'));
    if (count <= 3 * lines) {
      sample.text = sample.compressed ? std::move(*all) : without_open_line(std::move(*all));
      return sample;
    }
  }
  const std::uint64_t part = std::min(kPart, sample.size / 3);
  const Expected<std::string> head = read_range(**file, 0, part);
  const Expected<std::string> middle = read_range(**file, sample.size / 2 - part / 2, part);
  const Expected<std::string> tail = read_range(**file, sample.size - part, part);
  for (const auto* const read : {&head, &middle, &tail}) {
    if (!*read) {
      return read->error();
    }
  }
  sample.text = first_lines(*head, lines) + first_lines(without_first_line(*middle), lines) +
                last_lines(without_open_line(without_first_line(*tail)), lines);
  return sample;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    lines.push_back(line);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

}  // namespace leeway
