#include "collectors/records/redaction.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace leeway {
namespace {

struct Named {
  std::string_view name;
  std::string_view pattern;  // its first group, if any, is what is hidden
  std::string_view replacement;
  bool check_digit;
};

constexpr std::array kNamed = {
    Named{"email", R"([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", "<email>", false},
    Named{
        "ip",
        R"((?:\b\d{1,3}(?:\.\d{1,3}){3}\b)|(?:\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b)|(?:\b(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}\b)|(?:\B::[0-9A-Fa-f]{1,4}\b))",
        "<ip>", false},
    Named{"card", R"(\b\d(?:[ -]?\d){12,18}\b)", "<card>", true},
    Named{
        "token",
        R"((?i)(?:\b(?:bearer|basic)\s+|\b(?:token|api[_-]?key|secret|password|passwd|pwd)["']?\s*[=:]\s*["']?)([A-Za-z0-9._~+/=-]{6,})|(\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*))",
        "<token>", false},
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

std::shared_ptr<const re2::RE2> compile(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  return std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

}  // namespace

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
  rules_.push_back({compile(found->pattern), std::string(found->replacement), found->check_digit});
  return true;
}

Expected<void> Redaction::add_pattern(const std::string& pattern) {
  std::shared_ptr<const re2::RE2> compiled = compile(pattern);
  if (!compiled->ok()) {
    return Error{ErrorCode::kConfiguration, compiled->error()};
  }
  rules_.push_back({std::move(compiled), "<redacted>", false});
  return {};
}

bool Redaction::replace_all(const Rule& rule, std::string_view text, std::string& out) {
  std::array<re2::StringPiece, 3> groups;
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
    if (hidden.empty() || (rule.check_digit && !has_check_digit(text.substr(begin, hidden.size())))) {
      continue;
    }
    if (!found) {
      out.clear();
      found = true;
    }
    out.append(text.substr(copied, begin - copied)).append(rule.replacement);
    copied = begin + hidden.size();
  }
  if (found) {
    out.append(text.substr(copied));
  }
  return found;
}

bool Redaction::apply(std::string_view text, std::string& out) const {
  bool found = false;
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
