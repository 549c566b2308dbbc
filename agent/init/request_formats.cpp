#include "agent/init/request_formats.h"

#include <re2/re2.h>

#include <array>

namespace leeway {

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
  };
  std::vector<FormatCandidate> formats;
  for (std::size_t i = 0; i < format.keys.size(); ++i) {
    const auto& [key, value] = format.keys[i];
    constexpr std::string_view kEnd = "{message}";
    const std::size_t at = value.rfind(kEnd);
    // Only the quote is behind it.
    if (key != "pattern" || format.keys.front().second != "\"template\"" || at == std::string::npos ||
        at + kEnd.size() + 1 != value.size()) {
      continue;
    }
    for (const char* const request : kRequests) {
      FormatCandidate candidate = format;
      candidate.name = "requests of " + format.name;
      candidate.looks = R"re(\b(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH)\b)re";
      candidate.keys[i].second.replace(at, kEnd.size(), request);
      formats.push_back(std::move(candidate));
    }
  }
  return formats;
}

bool tells_of_request(const std::string& line) {
  static const RE2 kRequest(
      R"re(\b(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH)\b"?\s+"?(?:/|https?://)\S*.*\b[1-5]\d\d\b)re");
  return RE2::PartialMatch(line, kRequest);
}

}  // namespace leeway
