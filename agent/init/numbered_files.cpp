#include "agent/init/numbered_files.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "agent/init/text_words.h"

namespace leeway {
namespace {

struct Parts {
  std::string before;  // the directory, and the name up to the number
  std::string after;
};

// The last word of "/var/log/web-worker-", in lower case.
std::string last_word(const std::string& text) {
  std::string word;
  for (auto c = text.rbegin(); c != text.rend(); ++c) {
    const auto byte = static_cast<unsigned char>(*c);
    if (std::isalpha(byte) != 0) {
      word.insert(word.begin(), static_cast<char>(std::tolower(byte)));
    } else if (!word.empty()) {
      break;
    }
  }
  return word;
}

// A name that no field of a record has.
std::string label_of(const std::string& file) {
  std::string word = last_word(file);
  for (const char* const field : {"", "time", "level", "message", "status", "method", "path", "logger", "event"}) {
    if (word == field) {
      return "part";
    }
  }
  return word;
}

// How many of the paths the pattern matches.
std::size_t matched(const std::string& before, const std::string& after, const std::vector<std::string>& paths) {
  const RE2 pattern(literal_pattern(before) + "[0-9][^/]*" + literal_pattern(after));
  return static_cast<std::size_t>(std::count_if(
      paths.begin(), paths.end(), [&](const std::string& path) { return RE2::FullMatch(path, pattern); }));
}

std::string stem_of(const std::string& before) {
  const std::string file = before.substr(before.rfind('/') + 1);
  return file.substr(0, file.find_last_not_of("-_.") + 1);
}

}  // namespace

std::vector<NumberedFiles> numbered_files(const std::vector<std::string>& paths) {
  // A number of many digits is a date or an identifier.
  static const RE2 kNumbered(
      R"re(^(.*/[^/*]*?[A-Za-z][-_.]?)\d{1,5}(\.[A-Za-z]+|-(?:access|error|out|stdout|stderr)\.log)$)re");
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> sets;
  for (const std::string& path : paths) {
    Parts parts;
    if (RE2::FullMatch(path, kNumbered, &parts.before, &parts.after)) {
      sets[{parts.before, parts.after}].push_back(path);
    }
  }
  std::vector<NumberedFiles> found;
  for (auto& [parts, members] : sets) {
    const auto& [before, after] = parts;
    const std::string file = before.substr(before.rfind('/') + 1);
    const std::string label = label_of(file);
    if (members.size() < 2 || matched(before, after, paths) > members.size()) {
      continue;
    }
    found.push_back({before + "[0-9]*" + after,
                     "/" + literal_pattern(file) + "(?P<" + label + ">[0-9]+)" + literal_pattern(after) + "$", label,
                     stem_of(before), std::move(members)});
  }
  return found;
}

}  // namespace leeway
