#include "agent/init/access_tail.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace leeway {
namespace {

struct Column {
  std::string key{};  // of "rt=0.004"
  bool quoted = false;
  std::vector<std::string> values{};

  bool same_kind(const Column& other) const { return key == other.key && quoted == other.quoted; }
  bool all(const RE2& pattern) const {
    return std::all_of(values.begin(), values.end(),
                       [&](const std::string& value) { return RE2::FullMatch(value, pattern); });
  }
  bool any(const RE2& pattern) const {
    return std::any_of(values.begin(), values.end(),
                       [&](const std::string& value) { return RE2::FullMatch(value, pattern); });
  }
};

struct Tail {
  bool combined = false;
  std::string text{};
  std::vector<Column> columns{};
};

std::optional<Tail> tail_of(const std::string& line) {
  static const RE2 kHead(R"re(" \d{3} (?:\d+|-)( "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*")?(?: (.*?))?\s*$)re");
  static const RE2 kColumn(R"re(\s*(?:([A-Za-z][\w.-]*)=)?(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*)))re");
  Tail tail;
  std::string referer;
  if (!RE2::PartialMatch(line, kHead, &referer, &tail.text)) {
    return std::nullopt;
  }
  tail.combined = !referer.empty();
  re2::StringPiece rest(tail.text);
  std::string key;
  re2::StringPiece quoted;
  std::string bare;
  while (RE2::Consume(&rest, kColumn, &key, &quoted, &bare)) {
    tail.columns.push_back({key, quoted.data() != nullptr, {quoted.data() != nullptr ? std::string(quoted) : bare}});
  }
  return tail;
}

bool says_nothing(const Tail& tail) {
  return std::all_of(tail.columns.begin(), tail.columns.end(), [](const Column& column) {
    return column.values.front().empty() || column.values.front() == "-";
  });
}

bool same_shape(const Tail& one, const Tail& other) {
  return one.combined == other.combined &&
         std::equal(one.columns.begin(), one.columns.end(), other.columns.begin(), other.columns.end(),
                    [](const Column& a, const Column& b) { return a.same_kind(b); });
}

class TailPattern {
 public:
  std::string column(const Column& column) {
    static const RE2 kSeconds(R"re(-?|\d+\.\d{3}(?:, \d+\.\d{3})*)re");
    static const RE2 kNumber(R"re(-?|\d+(?:\.\d+)?)re");
    static const RE2 kDigit(R"re(.*\d.*)re");
    const std::string key = column.key.empty() ? "" : column.key + "=";
    const bool numbers = column.all(kNumber) && column.any(kDigit);
    const bool seconds = column.all(kSeconds) && column.any(kDigit);
    const std::string step = step_of(column.key);
    if (const bool nothing = !column.any(kDigit) && column.all(kSeconds); (seconds || nothing) && !step.empty()) {
      const bool whole = step == "duration" && !column.quoted;
      return key + part(step, whole ? "s" : "sum");
    }
    if (seconds && column.key.empty()) {
      const bool first = taken_.find("duration") == taken_.end();
      return first && !column.quoted ? part("duration", "s") : part("upstream_duration", "sum");
    }
    if (!column.quoted && numbers && !column.key.empty()) {
      return key + part(name_of(column.key), "number");
    }
    if (!column.quoted && !column.key.empty()) {
      return key + part(name_of(column.key), "word");
    }
    return key + (column.key.empty() ? "{_" : "{" + named(name_of(column.key))) +
           (column.quoted ? ":quoted}" : ":word}");
  }
  bool has_number() const { return numbers_; }

 private:
  // Of the variables of nginx and what people call them.
  static std::string step_of(const std::string& key) {
    static constexpr std::array kSteps = {std::pair("rt", "duration"),
                                          std::pair("request_time", "duration"),
                                          std::pair("urt", "upstream_duration"),
                                          std::pair("ut", "upstream_duration"),
                                          std::pair("upstream_response_time", "upstream_duration"),
                                          std::pair("uct", "connect_duration"),
                                          std::pair("upstream_connect_time", "connect_duration"),
                                          std::pair("uht", "header_duration"),
                                          std::pair("upstream_header_time", "header_duration")};
    const auto* const found =
        std::find_if(kSteps.begin(), kSteps.end(), [&](const auto& one) { return one.first == key; });
    return found == kSteps.end() ? "" : found->second;
  }
  static std::string name_of(const std::string& key) {
    std::string name;
    for (const char c : key) {
      name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    return name;
  }
  // Each once, and none that the line has already.
  std::string named(const std::string& name) { return taken_.insert(name).second ? name : "_"; }
  std::string part(const std::string& name, const char* type) {
    numbers_ = numbers_ || std::string_view(type) != "word";
    return "{" + named(name) + ":" + type + "}";
  }

  std::set<std::string> taken_ = {"client", "user",  "time",  "request", "path",      "query",   "method",
                                  "status", "bytes", "agent", "referer", "malformed", "protocol"};
  bool numbers_ = false;
};

}  // namespace

AccessTail access_tail_of(const std::vector<std::string>& lines) {
  std::vector<Tail> tails;
  for (const std::string& line : lines) {
    if (std::optional<Tail> tail = tail_of(line); tail && !tail->columns.empty()) {
      tails.push_back(std::move(*tail));
    }
  }
  AccessTail found;
  if (tails.size() * 20 < lines.size() || std::all_of(tails.begin(), tails.end(), says_nothing)) {
    return found;
  }
  found.example = tails.front().text;
  Tail& first = tails.front();
  std::size_t alike = 0;
  for (const Tail& tail : tails) {
    if (same_shape(first, tail)) {
      ++alike;
      for (std::size_t i = 0; i < first.columns.size() && &tail != &first; ++i) {
        first.columns[i].values.push_back(tail.columns[i].values.front());
      }
    }
  }
  if (alike * 10 < lines.size() * 9) {
    return found;
  }
  TailPattern text;
  std::string pattern = "{client} {_} {user} [{time}] {request:request} {status:int} {bytes:int}";
  pattern += first.combined ? " {referer:quoted} {agent:quoted}" : "";
  for (const Column& column : first.columns) {
    pattern += " " + text.column(column);
  }
  if (text.has_number()) {
    found.format = {
        "access and what follows",
        {{"format", "\"template\""}, {"pattern", toml_text(pattern)}, {"time_format", "\"%d/%b/%Y:%H:%M:%S %z\""}},
        true,
        true,
        "",
        ""};
  }
  return found;
}

}  // namespace leeway
