#include "exporters/prometheus/negotiation.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

namespace leeway {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

// Takes the part before `separator` off the front of `rest`; separators in quotes do not count.
std::string_view take_until(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t end = 0;
  while (end < rest.size() && (quoted || rest[end] != separator)) {
    quoted = quoted != (rest[end] == '"');
    ++end;
  }
  const std::string_view part = trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// One element of an Accept or Accept-Encoding header.
struct Choice {
  std::string_view name;
  std::string_view version;
  double quality = 1;
};

Choice parse_choice(std::string_view text) {
  Choice choice;
  choice.name = take_until(text, ';');
  while (!text.empty()) {
    std::string_view value = take_until(text, ';');
    const std::string_view key = take_until(value, '=');
    value = trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    if (equals_ignoring_case(key, "version")) {
      choice.version = value;
    } else if (equals_ignoring_case(key, "q")) {
      const std::from_chars_result read = std::from_chars(value.data(), value.data() + value.size(), choice.quality);
      choice.quality = read.ec == std::errc() ? choice.quality : 0;
    }
  }
  return choice;
}

bool is_open_metrics(const Choice& choice) {
  return equals_ignoring_case(choice.name, "application/openmetrics-text") &&
         (choice.version.empty() || choice.version == "1.0.0" || choice.version == "0.0.1");
}

bool is_text(const Choice& choice) {
  const bool plain = equals_ignoring_case(choice.name, "text/plain") &&
                     (choice.version.empty() || choice.version == "0.0.4" || choice.version == "1.0.0");
  return plain || choice.name == "*/*" || equals_ignoring_case(choice.name, "text/*");
}

}  // namespace

ExpositionFormat negotiate_format(std::string_view accept) {
  double open_metrics = 0;
  double text = 0;
  while (!accept.empty()) {
    const Choice choice = parse_choice(take_until(accept, ','));
    if (is_open_metrics(choice)) {
      open_metrics = std::max(open_metrics, choice.quality);
    } else if (is_text(choice)) {
      text = std::max(text, choice.quality);
    }
  }
  // At equal quality, OpenMetrics wins because it carries more information.
  return open_metrics > 0 && open_metrics >= text ? ExpositionFormat::kOpenMetrics : ExpositionFormat::kText;
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool by_wildcard = false;
  while (!accept_encoding.empty()) {
    const Choice choice = parse_choice(take_until(accept_encoding, ','));
    if (equals_ignoring_case(choice.name, "gzip") || equals_ignoring_case(choice.name, "x-gzip")) {
      return choice.quality > 0;
    }
    by_wildcard = by_wildcard || (choice.name == "*" && choice.quality > 0);
  }
  return by_wildcard;
}

}  // namespace leeway
