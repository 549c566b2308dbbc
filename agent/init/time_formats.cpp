#include "agent/init/time_formats.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "collectors/decode/timestamp.h"
#include "collectors/text/time_shapes.h"

namespace leeway {
namespace {

// Those whose clocks have a fraction after a dot, a comma or none, in front of those without one.
constexpr std::array kFormats = {"auto",
                                 "%d-%b-%Y %H:%M:%S.%f",
                                 "%d-%b-%Y %H:%M:%S,%f",
                                 "%d-%b-%Y %H:%M:%S",
                                 "%d-%b-%Y %H:%M:%S %Z",
                                 "%Y-%m-%d %H:%M:%S",
                                 "%Y.%m.%d %H:%M:%S.%f",
                                 "%Y.%m.%d %H:%M:%S",
                                 "%d.%m.%Y %H:%M:%S.%f",
                                 "%d.%m.%Y %H:%M:%S,%f",
                                 "%d.%m.%Y %H:%M:%S",
                                 "%d.%m.%Y %H:%M",
                                 "%d.%m.%Y",
                                 "%d/%m/%Y %H:%M:%S.%f",
                                 "%d/%m/%Y %H:%M:%S,%f",
                                 "%d/%m/%Y %H:%M:%S",
                                 "%d/%m/%Y %I:%M:%S %p",
                                 "%d/%m/%Y %H:%M",
                                 "%d/%m/%Y",
                                 "%m/%d/%Y %H:%M:%S.%f",
                                 "%m/%d/%Y %H:%M:%S,%f",
                                 "%m/%d/%Y %H:%M:%S",
                                 "%m/%d/%Y %I:%M:%S %p",
                                 "%m/%d/%Y %H:%M",
                                 "%m/%d/%Y",
                                 "%d/%b/%Y %H:%M:%S.%f",
                                 "%b %d %Y %H:%M:%S",
                                 "%b %d %H:%M:%S %Y"};

// From the first to the last of them; no value if more than a twentieth cannot be read.
std::optional<Duration> length_with(const char* format, const std::vector<std::string>& times) {
  Expected<TimestampParser> parser = TimestampParser::create(format, "UTC");
  TimePoint first = kNoTime;
  TimePoint last = kNoTime;
  std::size_t read = 0;
  for (const std::string& text : times) {
    const TimePoint time = parser ? parser->parse(text) : kNoTime;
    if (time == kNoTime) {
      continue;
    }
    ++read;
    first = first == kNoTime ? time : std::min(first, time);
    last = last == kNoTime ? time : std::max(last, time);
  }
  return read * 20 >= times.size() * 19 && read > 0 ? std::optional(last - first) : std::nullopt;
}

}  // namespace

std::size_t time_size(std::string_view text) {
  static const RE2 kEpoch(R"re(^(1\d{9}(?:\.\d+)?|1\d{12})(?:[^\d.]|$))re");
  re2::StringPiece epoch;
  if (RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), kEpoch, &epoch)) {
    return epoch.size();
  }
  const std::size_t size = date_time_size(text);
  return text.substr(0, size).find(':') == std::string_view::npos ? 0 : size;
}

std::optional<std::string> time_format_of(const std::vector<std::string>& times) {
  std::optional<std::string> best;
  Duration shortest{};
  for (const char* const format : kFormats) {
    const std::optional<Duration> length = times.empty() ? std::nullopt : length_with(format, times);
    if (length && (!best || *length < shortest)) {
      best = format;
      shortest = *length;
    }
    if (best == "auto") {
      break;
    }
  }
  return best;
}

}  // namespace leeway
