// Files that are appended to, and read as a whole.
#include <re2/re2.h>

#include <algorithm>
#include <optional>

#include "agent/core/instant.h"
#include "agent/sampling/findings.h"

namespace leeway {
namespace {

constexpr std::size_t kLastBytes = std::size_t{64} << 10;

std::string last_bytes_of(FileSystem& files, const std::string& path, std::uint64_t size) {
  const Expected<std::unique_ptr<File>> file = files.open(path, OpenMode::kRead);
  std::string text(kLastBytes, '\0');
  const std::uint64_t from = size - std::min<std::uint64_t>(size, kLastBytes);
  const Expected<std::size_t> read = file ? read_fully(**file, from, text) : Expected<std::size_t>(std::size_t{0});
  text.resize(read ? *read : 0);
  return text;
}

// Cuts off the last line that is not empty.
std::string_view take_last_line(std::string_view& text) {
  while (text.ends_with('\n') || text.ends_with('\r')) {
    text.remove_suffix(1);
  }
  const std::size_t before = text.rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::string_view line = text.substr(begin);
  text = text.substr(0, begin);
  return line;
}

// The first date with a time in the line, or the first number that is a Unix time of these years.
TimePoint time_in(std::string_view line, const TimeReader& reader) {
  static const re2::RE2 dated(R"((\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?))");
  static const re2::RE2 unix_time(R"(\b(1[5-9]\d{8}|2\d{9})(?:\d{3})?(?:\.\d+)?\b)");
  const re2::StringPiece text{line.data(), line.size()};
  std::string found;
  if (re2::RE2::PartialMatch(text, dated, &found)) {
    const std::optional<Instant> instant = reader ? reader(found) : std::nullopt;
    return instant ? to_time_point(*instant) : kNoTime;
  }
  std::int64_t seconds = 0;
  return re2::RE2::PartialMatch(text, unix_time, &seconds) ? TimePoint(std::chrono::seconds(seconds)) : kNoTime;
}

struct Span {
  TimePoint first = kNoTime;
  TimePoint last = kNoTime;
};

// Of the times of records, or of what their first and last lines say.
Span span_of(const DataSample& sample, const SampledSource& sampled) {
  const TimeFacts& times = sampled.sample->times();
  if (sampled.source->definition->has_event_time() && !sampled.source->definition->time_field().empty()) {
    return {times.first, times.last};
  }
  constexpr int kFewLines = 5;
  const TimeReader reader = sampled.source->definition->time_reader();
  Span span;
  const std::string head = sample.text_of(sampled);
  std::string_view beginning = std::string_view(head).substr(0, kLastBytes);
  for (int i = 0; i < kFewLines && span.first == kNoTime && !beginning.empty(); ++i) {
    const std::size_t end = std::min(beginning.find('\n'), beginning.size());
    span.first = time_in(beginning.substr(0, end), reader);
    beginning.remove_prefix(std::min(end + 1, beginning.size()));
  }
  const std::string tail = last_bytes_of(sample.all_files(), *sampled.newest, sampled.info->size);
  std::string_view ending = tail;
  for (int i = 0; i < kFewLines && span.last == kNoTime && !ending.empty(); ++i) {
    span.last = time_in(take_last_line(ending), reader);
  }
  return span;
}

// How near the end of its records is to the last change of a file that is as young; none where the file is not like
// one that is appended to.
std::optional<Duration> growing_since(const DataSample& sample, const SampledSource& sampled) {
  constexpr Duration kSpan = std::chrono::minutes(1);
  const Span span = span_of(sample, sampled);
  if (span.first == kNoTime || span.last == kNoTime || span.last - span.first <= kSpan) {
    return std::nullopt;
  }
  const TimePoint modified = sampled.info->modified;
  const Duration apart = span.last < modified ? modified - span.last : span.last - modified;
  return std::max(apart, sample.taken() - modified);
}

void add(const SampledSource& sampled, Weight weight, const std::string& what, std::vector<Finding>& out) {
  out.push_back({weight, sampled.position_of("type"),
                 sampled.title() + what +
                     ", but a source of type \"file\" reads it as a whole after each change, and counts its records "
                     "again; expected type = \"log\""});
}

}  // namespace

void add_growth_findings(const DataSample& sample, std::vector<Finding>& out) {
  constexpr Duration kNow = std::chrono::minutes(1);
  constexpr Duration kRecently = std::chrono::minutes(10);
  for (const SampledSource& sampled : sample.sources()) {
    if (sampled.stream || !sampled.source->has_file_versions || !sampled.newest || !sampled.info ||
        sampled.sample == nullptr) {
      continue;
    }
    const std::string file = "'" + *sampled.newest + "' ";
    const Expected<FileInfo> now = sample.all_files().stat(*sampled.newest);
    if (now && now->inode == sampled.info->inode && now->size > sampled.info->size) {
      add(sampled, Weight::kWarning, file + "is being appended to", out);
    } else if (sampled.newest->ends_with(".log")) {
      add(sampled, Weight::kWarning, file + "has the name of a log", out);
    } else if (const std::optional<Duration> since = growing_since(sample, sampled); since && *since <= kRecently) {
      // An export of a moment ago is like that, too.
      add(sampled, *since <= kNow ? Weight::kWarning : Weight::kNote,
          "the last record of " + file + "is as new as the file, as if it were appended to", out);
    }
  }
}

}  // namespace leeway
