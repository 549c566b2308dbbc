#include "agent/init/request_formats.h"

#include <re2/re2.h>

#include <array>
#include <utility>

namespace leeway {
namespace {

constexpr std::string_view kEnd = "{message}";

// With `end` in the place of the message, if the format is a template that ends with one.
std::optional<FormatCandidate> with_end(const FormatCandidate& format, const std::string& end) {
  for (std::size_t i = 0; i < format.keys.size(); ++i) {
    const auto& [key, value] = format.keys[i];
    const std::size_t at = value.rfind(kEnd);
    // Only the quote is behind it.
    if (key == "pattern" && format.keys.front().second == "\"template\"" && at != std::string::npos &&
        at + kEnd.size() + 1 == value.size()) {
      FormatCandidate candidate = format;
      candidate.keys[i].second.replace(at, kEnd.size(), end);
      return candidate;
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<FormatCandidate> with_requests(const FormatCandidate& format) {
  static constexpr std::array kRequests = {
      "{method:word} {path:word} {status:int} {duration:ms} ms",
      "{method:word} {path:word} {status:int} {duration:ms}ms",
      "{method:word} {path:word} {status:int} in {duration:ms} ms",
      "{method:word} {path:word} {status:int} in {duration:ms}ms",
      "{method:word} {path:word} {status:int} - {duration:ms} ms",
      "{status:int} {method:word} {path:word} ({client}) {duration:ms}ms",
      "{status:int} {method:word} {path:word} {duration:ms}ms",
      "{method:word} {path:word} {status:int} {duration:duration}",
      "{method:word} {path:word} {status:int} in {duration:duration}",
      "{method:word} {path:word} {status:int} - {duration:duration}",
      "{method:word} {path:word} -> {status:int} in {duration:duration}",
      "{status:int} {method:word} {path:word} {duration:duration}",
      "HTTP {method:word} {path:word} responded {status:int} in {duration:ms} ms",
      "{?[{request_id}] ?}Completed {status:int} {reason} in {duration:ms}ms{? {_}?}",
      "{?{_} ?}{request:request} {status:int}{? {_}?}",
  };
  std::vector<FormatCandidate> formats;
  for (const char* const request : kRequests) {
    if (std::optional<FormatCandidate> candidate = with_end(format, request)) {
      candidate->name = "requests of " + format.name;
      candidate->looks = R"re(\b(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH|Completed \d{3})\b)re";
      formats.push_back(std::move(*candidate));
    }
  }
  return formats;
}

bool tells_of_request(const std::string& line) {
  static const RE2 kRequest(
      R"re(\b(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH)\b"?\s+"?(?:/|https?://)\S*.*\b[1-5]\d\d\b)re");
  return RE2::PartialMatch(line, kRequest);
}

std::optional<PairFormats> with_pairs(const FormatCandidate& format) {
  std::optional<FormatCandidate> pairs = with_end(format, "{message} {_:pairs}");
  if (!pairs) {
    return std::nullopt;
  }
  const bool has_logger = to_toml(format.keys).find("{logger") != std::string::npos;
  const std::string logger = has_logger ? "[{_:word}]" : "[{logger:word}]";
  return PairFormats{std::move(*pairs), *with_end(format, "{message}{? {_:pairs}?}"),
                     *with_end(format, "{message} " + logger + " {_:pairs}"),
                     *with_end(format, "{message}{? " + logger + "?}{? {_:pairs}?}")};
}

}  // namespace leeway
