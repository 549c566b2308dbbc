// Parses text as a web configuration: whatever it contains, the result is settings or errors that a user can locate.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "exporters/web_config/web_config.h"

namespace leeway {
namespace {

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

void check(const WebConfig& config) {
  if (config.tls) {
    require(config.tls->certificate.given() && config.tls->private_key.given());
    require(config.tls->min_version <= config.tls->max_version);
    require(config.tls->min_version == TlsVersion::kTls13 || !config.tls->ciphers.empty());
    require(config.tls->client_auth != ClientAuth::kNone || config.tls->client_allowed_sans.empty());
  }
  for (const auto& [name, value] : config.headers) {
    require(!value.empty() && value.find_first_of("\r\n") == std::string::npos);
  }
  for (const auto& [user, hash] : config.users) {
    require(user.find(':') == std::string::npos && hash.size() == 60 && hash.starts_with("$2"));
  }
  require(!config.rate_limit || (config.rate_limit->burst > 0 && config.rate_limit->interval > Duration::zero()));
}

}  // namespace
}  // namespace leeway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leeway;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto lines =
      static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; })) +
      1;
  Diagnostics diagnostics;
  const WebConfig config = parse_web_config(text, "web.yml", diagnostics);
  for (const Error& error : diagnostics.errors()) {
    require(error.position.file == "web.yml" && !error.message.empty());
    require(error.position.line >= 1 && error.position.line <= lines + 1 && error.position.column >= 1);
  }
  if (!diagnostics.has_errors()) {
    check(config);
  }
  return 0;
}
