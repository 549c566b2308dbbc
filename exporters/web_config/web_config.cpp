#include "exporters/web_config/web_config.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/core/ascii.h"
#include "agent/core/duration_text.h"
#include "exporters/web_config/web_keys.h"
#include "exporters/web_config/yaml_table.h"

namespace leeway {
namespace {

// A product of both fits into nanoseconds.
constexpr std::int64_t kMostBurst = 1'000'000;
constexpr Duration kLongestInterval = std::chrono::hours(1);

void read_headers(TableReader& reader, WebConfig& config) {
  struct Header {
    std::string name;
    std::vector<std::string> values;  // empty: any
  };
  static const std::array<Header, 5> kHeaders = {{{"Content-Security-Policy", {}},
                                                  {"X-Frame-Options", {"deny", "sameorigin"}},
                                                  {"X-Content-Type-Options", {"nosniff"}},
                                                  {"X-XSS-Protection", {}},
                                                  {"Strict-Transport-Security", {}}}};
  for (const Header& header : kHeaders) {
    const bool is_free = header.values.empty() || is_text(reader.value(header.name, KeyType::kText), "");
    const std::optional<std::string> value =
        is_free ? text_of(reader, header.name) : reader.choice(header.name, header.values);
    if (!value || value->empty()) {
      continue;
    }
    const bool printable = std::all_of(value->begin(), value->end(), [](char c) { return c >= ' ' && c < 0x7F; });
    if (!printable) {
      reader.error(header.name, "'" + header.name +
                                    "' holds a character that a header cannot have; expected ASCII "
                                    "on one line");
    }
    config.headers.emplace_back(header.name, *value);
  }
  reader.report_unused_keys();
}

void read_http(TableReader& reader, WebConfig& config) {
  flag_of(reader, "http2", true);
  if (std::optional<TableReader> headers = section(reader, "headers")) {
    read_headers(*headers, config);
  }
  reader.report_unused_keys();
}

// "$2y$10$" and 53 characters: the salt and the hash.
bool is_bcrypt_hash(std::string_view text) {
  static constexpr std::size_t kLength = 60;
  static constexpr std::size_t kHead = 7;
  static constexpr std::string_view kLetters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  if (text.size() != kLength || text[3] != '$' || text[6] != '$') {
    return false;
  }
  const std::string_view kind = text.substr(0, 3);
  const std::string_view cost = text.substr(4, 2);
  return (kind == "$2a" || kind == "$2b" || kind == "$2y") && cost >= "04" && cost <= "31" && is_digit(cost[0]) &&
         is_digit(cost[1]) && text.find_first_not_of(kLetters, kHead) == std::string_view::npos;
}

void read_users(TableReader& reader, WebConfig& config) {
  for (const auto& [user, value] : reader.table().entries()) {
    const std::string* const hash = value.get_if<std::string>();
    if (user.find(':') != std::string::npos) {
      reader.diagnostics().error(value.key_position(), "basic_auth_users: a user's name cannot contain ':'");
    } else if (hash == nullptr || !is_bcrypt_hash(*hash)) {
      // Not the text itself: it may be a password.
      reader.diagnostics().error(value.position(), "basic_auth_users: what '" + user +
                                                       "' has is not a bcrypt hash; expected 60 characters such as "
                                                       "$2y$10$..., as written by `htpasswd -nBC 10 " +
                                                       user + "`");
    } else {
      config.users.emplace(user, *hash);
    }
  }
  if (config.users.empty()) {
    reader.diagnostics().warning(reader.position(""), "basic_auth_users is empty: no password is asked for");
  }
}

std::optional<RateLimit> read_rate_limit(TableReader& reader) {
  RateLimit limit;
  const std::string interval = text_of(reader, "interval").value_or("0");
  const std::string burst = text_of(reader, "burst").value_or("0");
  reader.report_unused_keys();
  if (read_duration(interval, limit.interval) != Failure::kNone || limit.interval < Duration::zero() ||
      limit.interval > kLongestInterval) {
    reader.error("interval", "'interval' is \"" + interval +
                                 "\"; expected a duration up to 1h, such as 1s, or 0 for "
                                 "no limit");
    return std::nullopt;
  }
  const std::from_chars_result parsed = std::from_chars(burst.data(), burst.data() + burst.size(), limit.burst);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == burst.data() + burst.size();
  if (!is_number || limit.burst < 0 || limit.burst > kMostBurst) {
    reader.error("burst", "'burst' is \"" + burst + "\"; expected an integer up to " + std::to_string(kMostBurst));
    return std::nullopt;
  }
  if (limit.interval == Duration::zero()) {
    return std::nullopt;
  }
  if (limit.burst == 0) {
    reader.error("burst", "with a 'burst' of 0 every request would be refused; expected at least 1");
  }
  return limit;
}

}  // namespace

WebConfig parse_web_config(const std::string& text, const std::string& path, Diagnostics& diagnostics) {
  WebConfig config;
  const ConfigTable table = parse_yaml_table(text, path, diagnostics);
  TableReader reader(table, {path, 1, 1}, "web configuration", diagnostics);
  if (std::optional<TableReader> tls = section(reader, "tls_server_config")) {
    config.tls = read_tls_config(*tls, path);
  }
  if (std::optional<TableReader> http = section(reader, "http_server_config")) {
    read_http(*http, config);
  }
  if (std::optional<TableReader> users = section(reader, "basic_auth_users")) {
    read_users(*users, config);
  }
  if (std::optional<TableReader> limit = section(reader, "rate_limit")) {
    config.rate_limit = read_rate_limit(*limit);
  }
  reader.report_unused_keys();
  return config;
}

}  // namespace leeway
