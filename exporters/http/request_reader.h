// Turns the bytes of a connection into requests, one after the other, within limits. No socket: sessions and the fuzz
// target feed it. Parses with Boost.Beast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "exporters/http/response.h"

namespace leeway {

enum class Method : std::uint8_t { kGet, kHead, kPost, kOther };

struct Request {
  Method method = Method::kGet;
  std::string path;    // without the query, not percent-decoded
  std::string accept;  // several header lines are joined by commas
  std::string accept_encoding;
  std::string authorization;  // "" if there are several
  bool keep_alive = false;
};

struct RequestLimits {
  std::size_t header = 0;  // bytes, request line included
  std::size_t body = 0;    // bytes
};

class RequestReader {
 public:
  enum class State : std::uint8_t { kNeedsMore, kComplete, kRefused };

  explicit RequestReader(RequestLimits limits);
  ~RequestReader();

  // Takes more bytes of the connection. Only in kNeedsMore. Bytes after the request are kept for the next one.
  State feed(std::string_view bytes);
  // Begins the next request, which may already be complete. Only in kComplete.
  State next();

  // Whether no byte of the current request has been received yet.
  bool is_idle() const { return idle_; }
  // Only in kComplete. Its body is discarded: no route uses it.
  Request request() const;
  // Only in kRefused: the answer to send before closing.
  const Response& refusal() const { return refusal_; }

 private:
  struct Parser;

  State parse();
  State refuse(unsigned status, std::string_view reason);

  RequestLimits limits_;
  std::unique_ptr<Parser> parser_;
  std::string pending_;  // received and not yet parsed
  bool idle_ = true;
  Response refusal_;
};

}  // namespace leeway
