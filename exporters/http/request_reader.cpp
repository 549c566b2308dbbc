#include "exporters/http/request_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffer_traits.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional/optional.hpp>

namespace leeway {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr unsigned kHttp11 = 11;  // as Beast counts versions

std::string_view as_view(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::string joined(const http::fields& fields, http::field name) {
  std::string text;
  const auto range = fields.equal_range(name);
  for (auto field = range.first; field != range.second; ++field) {
    text.append(text.empty() ? "" : ", ").append(as_view(field->value()));
  }
  return text;
}

// "/metrics" for "/metrics?x=1" and for "http://host/metrics?x=1", which servers must accept too (RFC 9112 §3.2.2).
std::string_view path_of(std::string_view target) {
  if (target.starts_with("http://")) {
    const std::size_t slash = target.find('/', std::string_view("http://").size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  return target.substr(0, target.find('?'));
}

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::kGet;
    case http::verb::head:
      return Method::kHead;
    case http::verb::post:
      return Method::kPost;
    default:
      return Method::kOther;
  }
}

}  // namespace

// A body that the parser counts against the limit and does not keep.
struct DiscardedBody {
  struct value_type {};
  struct reader {
    template <bool kIsRequest, class Fields>
    reader(http::header<kIsRequest, Fields>& /*header*/, value_type& /*value*/) {}
    void init(const boost::optional<std::uint64_t>& /*length*/, error_code& error) { error = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, error_code& error) {
      error = {};
      return boost::beast::buffer_bytes(buffers);
    }
    void finish(error_code& error) { error = {}; }
  };
};

struct RequestReader::Parser : http::request_parser<DiscardedBody> {
  explicit Parser(const RequestLimits& limits) {
    header_limit(static_cast<std::uint32_t>(limits.header));
    body_limit(limits.body);
    eager(false);  // stop after the header, which parse() checks first
  }
};

RequestReader::RequestReader(RequestLimits limits) : limits_(limits), parser_(std::make_unique<Parser>(limits)) {}

RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::feed(std::string_view bytes) {
  pending_.append(bytes);
  return parse();
}

RequestReader::State RequestReader::next() {
  parser_ = std::make_unique<Parser>(limits_);
  idle_ = true;
  return parse();
}

RequestReader::State RequestReader::parse() {
  while (!pending_.empty()) {
    idle_ = false;
    error_code error;
    const std::size_t parsed = parser_->put(boost::asio::buffer(pending_), error);
    pending_.erase(0, parsed);
    if (error == http::error::header_limit) {
      return refuse(431, "the header is longer than " + std::to_string(limits_.header) + " bytes");
    }
    if (error == http::error::body_limit) {
      return refuse(413, "the body is longer than " + std::to_string(limits_.body) + " bytes");
    }
    if (error == http::error::bad_version) {
      return refuse(505, "expected HTTP/1.0 or HTTP/1.1");
    }
    if (error && error != http::error::need_more) {
      return refuse(400, error.message());
    }
    if (parser_->is_header_done()) {
      const http::fields& fields = parser_->get();
      // No route uses a body, so none needs chunks; Boost 1.74's chunk parser fails an assertion on some.
      if (fields.count(http::field::transfer_encoding) != 0) {
        return refuse(411, "Transfer-Encoding is not understood; expected Content-Length");
      }
      if (parser_->get().version() >= kHttp11 && fields.count(http::field::host) != 1) {
        return refuse(400, "expected one Host header");
      }
    }
    if (parser_->is_done()) {
      return State::kComplete;
    }
    if (error == http::error::need_more) {
      break;
    }
  }
  return State::kNeedsMore;
}

RequestReader::State RequestReader::refuse(unsigned status, std::string_view reason) {
  pending_.clear();
  refusal_ = Response::of_text(status, reason);
  refusal_.close = true;
  return State::kRefused;
}

Request RequestReader::request() const {
  const http::request_header<>& header = parser_->get();
  Request request;
  request.method = method_of(header.method());
  request.path = path_of(as_view(header.target()));
  request.accept = joined(header, http::field::accept);
  request.accept_encoding = joined(header, http::field::accept_encoding);
  if (header.count(http::field::authorization) == 1) {
    request.authorization = as_view(header[http::field::authorization]);
  }
  request.keep_alive = parser_->keep_alive();
  return request;
}

}  // namespace leeway
