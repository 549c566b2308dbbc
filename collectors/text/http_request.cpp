#include "collectors/text/http_request.h"

#include "agent/core/ascii.h"
#include "collectors/text/escapes.h"

namespace leeway {
namespace {

bool is_method(std::string_view text) {
  for (const char c : text) {
    if (!is_letter(c) && c != '-' && c != '_') {
      return false;
    }
  }
  return !text.empty();
}

// Whether a status follows a request: " 200", " 0" or " -".
bool is_status_next(std::string_view text) {
  if (text.size() < 2 || !is_blank(text[0])) {
    return false;
  }
  if (text[1] == '-' || text[1] == '0') {  // Envoy: 0 where the client went away
    if (text.size() == 2 || is_blank(text[2])) {
      return true;
    }
  }
  return text.size() >= 4 && is_digit(text[1]) && is_digit(text[2]) && is_digit(text[3]);
}

std::string_view normal_protocol(std::string_view protocol) {
  const bool is_whole = protocol == "HTTP/2.0" || protocol == "HTTP/3.0";
  return is_whole ? protocol.substr(0, protocol.size() - 2) : protocol;
}

}  // namespace

Target split_target(std::string_view target) {
  const std::size_t question = target.find('?');
  Target split{target.substr(0, question)};
  if (question != std::string_view::npos) {
    split.query = target.substr(question + 1);
  }
  const std::size_t scheme = split.path.find("://");
  if (!split.path.empty() && is_letter(split.path.front()) && scheme != std::string_view::npos) {
    const std::size_t slash = split.path.find('/', scheme + 3);
    split.path = slash == std::string_view::npos ? std::string_view("/") : split.path.substr(slash);
  }
  return split;
}

HttpRequest split_request(std::string_view request) {
  const std::size_t first = request.find(' ');
  const std::size_t last = request.rfind(' ');
  if (first != last && is_method(request.substr(0, first)) && request.substr(last + 1).starts_with("HTTP/")) {
    const std::string_view target = request.substr(first + 1, last - first - 1);
    return {false, request.substr(0, first), normal_protocol(request.substr(last + 1)), split_target(target)};
  }
  return {true, {}, {}, {request}};
}

const char* find_request_end(const char* at, const char* end) {
  const char* const first = find_closing_quote(at, end);
  for (const char* quote = first; quote != nullptr; quote = find_closing_quote(quote + 1, end)) {
    const std::string_view rest(quote + 1, static_cast<std::size_t>(end - quote - 1));
    if (rest.empty() || is_status_next(rest)) {
      return quote;
    }
  }
  return first;
}

}  // namespace leeway
