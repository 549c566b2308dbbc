// An independent parser of the exposition formats, as strict as Prometheus: a page written by the agent must pass it.
// Used by tests and the fuzz target of the exposition.
#pragma once

#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leeway {

struct ParsedSample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
};

struct ParsedPage {
  std::vector<ParsedSample> samples;
  std::map<std::string, std::string> help;
  std::map<std::string, std::string> type;
  std::string error;  // the first one; "" for a good page
};

class ExpositionParser {
 public:
  static ParsedPage parse(std::string_view page) {
    ExpositionParser parser;
    while (!page.empty() && parser.page_.error.empty()) {
      const std::size_t end = page.find('\n');
      if (end == std::string_view::npos) {
        parser.page_.error = "the last line has no end";
        break;
      }
      parser.line(page.substr(0, end));
      page.remove_prefix(end + 1);
    }
    return parser.page_;
  }

 private:
  void fail(std::string_view what, std::string_view where) {
    if (page_.error.empty()) {
      page_.error = std::string(what) + ": " + std::string(where);
    }
  }

  void line(std::string_view text) {
    if (ended_) {
      return fail("something follows # EOF", text);
    }
    if (text == "# EOF") {
      ended_ = true;
    } else if (text.starts_with("# HELP ") || text.starts_with("# TYPE ")) {
      comment(text);
    } else {
      sample(text);
    }
  }

  void comment(std::string_view text) {
    const bool help = text[2] == 'H';
    text.remove_prefix(7);
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) {
      return fail("no text after the name", text);
    }
    std::map<std::string, std::string>& target = help ? page_.help : page_.type;
    const std::string name(text.substr(0, space));
    if (!target.emplace(name, help ? unescape(text.substr(space + 1)) : std::string(text.substr(space + 1))).second) {
      fail("duplicate family", name);
    }
  }

  static std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) {
        ++i;
        out += text[i] == 'n' ? '\n' : text[i];
      } else {
        out += text[i];
      }
    }
    return out;
  }

  void sample(std::string_view text) {
    const std::string_view whole = text;
    ParsedSample sample;
    const std::size_t name_end = text.find_first_of("{ ");
    if (name_end == std::string_view::npos || name_end == 0) {
      return fail("not a sample", whole);
    }
    sample.name = text.substr(0, name_end);
    text.remove_prefix(name_end);
    if (text.front() == '{') {
      text.remove_prefix(1);
      while (!text.starts_with('}')) {
        if (!label(text, sample)) {
          return fail("bad label", whole);
        }
      }
      text.remove_prefix(1);
    }
    if (!text.starts_with(' ')) {
      return fail("no space before the value", whole);
    }
    const std::string value(text.substr(1));
    char* end = nullptr;
    sample.value = std::strtod(value.c_str(), &end);
    if (value.empty() || *end != '\0') {
      return fail("bad value", whole);
    }
    std::string identity = sample.name;
    for (const auto& [key, content] : sample.labels) {
      identity += "\xFF" + key + "\xFE" + content;
    }
    if (!seen_.insert(identity).second) {
      return fail("duplicate series", whole);
    }
    page_.samples.push_back(std::move(sample));
  }

  static bool label(std::string_view& text, ParsedSample& sample) {
    const std::size_t equals = text.find("=\"");
    if (equals == std::string_view::npos || equals == 0) {
      return false;
    }
    const std::string key(text.substr(0, equals));
    text.remove_prefix(equals + 2);
    std::string value;
    while (!text.empty() && text.front() != '"') {
      if (text.front() == '\\') {
        text.remove_prefix(1);
        const char escaped = text.empty() ? ' ' : text.front();
        if (escaped != '\\' && escaped != '"' && escaped != 'n') {
          return false;
        }
        value += escaped == 'n' ? '\n' : escaped;
      } else {
        value += text.front();
      }
      text.remove_prefix(1);
    }
    if (text.empty()) {
      return false;
    }
    text.remove_prefix(1);
    if (text.starts_with(',')) {
      text.remove_prefix(1);
    }
    sample.labels.emplace_back(key, value);
    return true;
  }

  ParsedPage page_;
  std::set<std::string> seen_;
  bool ended_ = false;
};

}  // namespace leeway
