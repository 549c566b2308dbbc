// An answer before serialization. Used by routes, which make it, and sessions, which send it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/clock.h"

namespace leeway {

struct Response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::shared_ptr<const std::string> shared;  // sent before `body`, may be that of other responses too; null for none
  std::vector<std::pair<std::string_view, std::string>> headers;  // in addition to those of every answer
  bool close = false;                                             // even if the client asked for keep-alive

  // Plain text; a line end is added.
  static Response of_text(unsigned status, std::string_view text);

  std::size_t length() const { return (shared == nullptr ? 0 : shared->size()) + body.size(); }
};

// Status line and headers, up to the empty line. Content-Length is length(), also for HEAD, which has none.
std::string response_head(const Response& response, bool keep_alive, TimePoint now);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7).
std::string http_date(TimePoint time);

}  // namespace leeway
