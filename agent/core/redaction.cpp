#include "agent/core/redaction.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "agent/core/json_escape.h"

namespace leeway {
namespace {

struct Named {
  std::string_view name;
  std::string_view pattern;  // its last group that matches, if any, is what is hidden
  std::string_view replacement;
  bool check_digit = false;
  bool secrets = false;  // of values that follow a name
};

// What names end with whose values are private; `%` in the patterns below.
constexpr std::string_view kSecretName =
    "(?:token|api[_-]?key|access[_-]?key|private[_-]?key|secret(?:[_-]?(?:access[_-]?)?key)?|password|passwd|"
    "passphrase|pwd|credentials?)";

constexpr std::array kNamed = {
    Named{"email", R"([\pL\pN._\x25+-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+)", "<email>"},
    Named{
        "ip",
        R"((?:\b\d{1,3}(?:\.\d{1,3}){3}\b)|(?:\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b)|(?:\b(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}\b)|(?:\B::[0-9A-Fa-f]{1,4}\b))",
        "<ip>"},
    Named{"card", R"(\b\d(?:[ -]?\d){12,18}\b)", "<card>", true},
    // After a name and `=`, `:` or `=>`: a text in escaped quotes, in quotes, or without; the quotes may be open where
    // the line was cut.
    Named{"token",
          R"re((?i)%\\*["']?(?:\s*[=:]>?\s*)(?:(?:bearer|basic)\s+)?(?:)re"
          R"re(\\+["']([^"'\\]+)|"((?:[^"\\]|\\.)+)|'((?:[^"'\\]|\\.)+)|)re"
          R"re(([^\s"'\\,;&(){}\[\]<>][^\s"',;&(){}\[\]<>]*)))re"
          R"re(|%>([^\s"'\\,;&(){}\[\]<>][^<>]*)(?:<|$))re"
          R"re(|--[a-z._-]*%\s+([^\s"'\\-][^\s"'\\]*))re"
          R"re(|\b(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{6,}))re"
          R"re(|(\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|)re"
          R"re(\b(?-i:gh[a-z]_|github_pat_|AKIA|ASIA|xox[a-z]-|sk-)[A-Za-z0-9_-]{12,}))re"
          R"re(|://[^/\s:@]*:([^/\s@]+)@)re",
          "<token>", false, true},
};

// ISO/IEC 7812-1, annex B (Luhn).
bool has_check_digit(std::string_view text) {
  int sum = 0;
  bool twice = false;
  for (std::size_t i = text.size(); i-- > 0;) {
    if (text[i] < '0' || text[i] > '9') {
      continue;
    }
    const int digit = (text[i] - '0') * (twice ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
    twice = !twice;
  }
  return sum % 10 == 0;
}

// Whether these bytes are all of a value without quotes in a JSON object: a number.
bool is_bare_value(std::string_view text, std::size_t begin, std::size_t size) {
  constexpr std::string_view kBlanks = " \t";
  if (text.find('{') >= begin) {
    return false;
  }
  const std::size_t before = text.substr(0, begin).find_last_not_of(kBlanks);
  const std::size_t behind = text.find_first_not_of(kBlanks, begin + size);
  return before != std::string_view::npos && behind != std::string_view::npos &&
         std::string_view(":[,").find(text[before]) != std::string_view::npos &&
         std::string_view(",]}").find(text[behind]) != std::string_view::npos;
}

// What follows the name of a secret and tells nothing: no value, a fraction such as `time_to_first_token=0.53`, and
// what was hidden before.
bool tells_nothing(std::string_view text) {
  static const re2::RE2 pattern(R"((?i)null|none|nil|true|false|\d+\.\d+|<[a-z]+>)");
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

std::shared_ptr<const re2::RE2> compile(std::string_view pattern, bool bytes = false) {
  RE2::Options options;
  options.set_encoding(bytes ? RE2::Options::EncodingLatin1 : RE2::Options::EncodingUTF8);
  options.set_log_errors(false);
  return std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

std::shared_ptr<const re2::RE2> compile_named(const Named& named) {
  std::string pattern;
  for (const char c : named.pattern) {
    c == '%' ? pattern.append(kSecretName) : pattern.append(1, c);
  }
  // A secret may hold bytes that are no UTF-8.
  return compile(pattern, named.secrets);
}

}  // namespace

bool is_name_of_secret(std::string_view name) {
  static const re2::RE2 pattern("(?i)" + std::string(kSecretName) + R"(["'\]]*$)");
  return re2::RE2::PartialMatch(re2::StringPiece(name.data(), name.size()), pattern);
}

std::vector<std::string> Redaction::names() {
  std::vector<std::string> names;
  names.reserve(kNamed.size());
  for (const Named& named : kNamed) {
    names.emplace_back(named.name);
  }
  return names;
}

bool Redaction::add_named(const std::string& name) {
  const auto found = std::find_if(kNamed.begin(), kNamed.end(), [&](const Named& named) { return named.name == name; });
  if (found == kNamed.end()) {
    return false;
  }
  rules_.push_back({compile_named(*found), std::string(found->replacement), found->check_digit, found->secrets});
  return true;
}

Expected<void> Redaction::add_pattern(const std::string& pattern) {
  std::shared_ptr<const re2::RE2> compiled = compile(pattern);
  if (!compiled->ok()) {
    return Error{ErrorCode::kConfiguration, compiled->error()};
  }
  rules_.push_back({std::move(compiled), "<redacted>"});
  return {};
}

bool Redaction::replace_all(const Rule& rule, std::string_view text, std::string& out) {
  std::array<re2::StringPiece, 11> groups;
  const int count = std::min(rule.pattern->NumberOfCapturingGroups() + 1, static_cast<int>(groups.size()));
  const re2::StringPiece all(text.data(), text.size());
  std::size_t at = 0;
  std::size_t copied = 0;
  bool found = false;
  while (at <= text.size() && rule.pattern->Match(all, at, text.size(), RE2::UNANCHORED, groups.data(), count)) {
    re2::StringPiece hidden = groups[0];
    for (int group = count; --group > 0;) {
      hidden =
          groups[static_cast<std::size_t>(group)].data() == nullptr ? hidden : groups[static_cast<std::size_t>(group)];
    }
    const auto begin = static_cast<std::size_t>(hidden.data() - text.data());
    at = static_cast<std::size_t>(groups[0].data() - text.data()) + std::max<std::size_t>(groups[0].size(), 1);
    const std::string_view content = text.substr(begin, hidden.size());
    if (hidden.empty() || (rule.check_digit && !has_check_digit(content)) || (rule.secrets && tells_nothing(content))) {
      continue;
    }
    if (!found) {
      out.clear();
      found = true;
    }
    out.append(text.substr(copied, begin - copied));
    const bool bare = is_bare_value(text, begin, hidden.size());
    out.append(bare ? "\"" : "").append(rule.replacement).append(bare ? "\"" : "");
    copied = begin + hidden.size();
  }
  if (found) {
    out.append(text.substr(copied));
  }
  return found;
}

// The strings in quotes of which a part is escaped: "a\ntoken=x", "m\u00fcller@example.org". Their content may be such
// a text itself.
bool Redaction::apply_to_quoted(std::string_view text, std::string& out) const {
  bool found = false;
  std::size_t copied = 0;
  std::string redacted;
  for (std::size_t quote = text.find('"'); quote != std::string_view::npos;) {
    const std::size_t begin = quote + 1;
    std::size_t end = begin;
    while (end < text.size() && text[end] != '"') {
      end += text[end] == '\\' ? 2 : 1;
    }
    end = std::min(end, text.size());
    const std::string_view content = text.substr(begin, end - begin);
    if (content.find('\\') != std::string_view::npos && apply(without_escapes(content), redacted)) {
      if (!found) {
        out.clear();
      }
      out.append(text.substr(copied, begin - copied));
      append_escaped(out, redacted);
      copied = end;
      found = true;
    }
    quote = end < text.size() ? text.find('"', end + 1) : std::string_view::npos;
  }
  if (found) {
    out.append(text.substr(copied));
  }
  return found;
}

bool Redaction::apply(std::string_view text, std::string& out) const {
  bool found = text.find('\\') != std::string_view::npos && apply_to_quoted(text, out);
  std::string next;
  for (const Rule& rule : rules_) {
    if (replace_all(rule, found ? std::string_view(out) : text, next)) {
      out.swap(next);
      found = true;
    }
  }
  return found;
}

}  // namespace leeway
