// The request line in an access log: `GET /items/42?x=1 HTTP/1.1`. Pure functions, used by templates.
#pragma once

#include <string_view>

namespace leeway {

struct Target {
  std::string_view path;
  std::string_view query{};  // null pointer: there is none
};

// Without the scheme and host of an absolute one ("http://host/x"); "*" and "host:443" are paths.
Target split_target(std::string_view target);

struct HttpRequest {
  bool malformed = true;
  // Null pointers in a malformed one, whose path is all of it.
  std::string_view method{};
  std::string_view protocol{};  // "HTTP/2" also for HTTP/2.0
  Target target{};
};

// METHOD, a blank, the target, a blank, "HTTP/" and a version. The target may hold blanks: some servers decode it.
HttpRequest split_request(std::string_view request);

// The quote that ends a request in [at, end): the first that is not escaped and is followed by the end, or by a blank
// and three digits or '-', because servers write quotes of a request bare; else the first that is not escaped. Null if
// there is none.
const char* find_request_end(const char* at, const char* end);

}  // namespace leeway
