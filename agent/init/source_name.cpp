#include "agent/init/source_name.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace leeway {
namespace {

std::string words_of_name(std::string text) {
  static const RE2 kIdentifier(
      R"re((?i)[-_.]?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?:^|[-_.])(?:[0-9a-f]*[0-9][0-9a-f]{7,}|\d{5,})(?:$|[-_.])|\d{4}-\d\d-\d\d)re");
  // Identifiers beside each other share the mark between them.
  while (RE2::Replace(&text, kIdentifier, "-")) {
  }
  std::string name;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool word = std::isalnum(byte) != 0;
    if (word || (!name.empty() && name.back() != '_')) {
      name += word ? static_cast<char>(std::tolower(byte)) : '_';
    }
  }
  // Names of alerts, which begin with it, have at most 100 letters.
  constexpr std::size_t kLongest = 50;
  name.resize(std::min(name.size(), kLongest));
  while (name.ends_with('_')) {
    name.pop_back();
  }
  return name;
}

}  // namespace

std::string source_name(const std::string& path) {
  const std::filesystem::path whole(path);
  const std::string file = whole.filename().string();
  std::string name = words_of_name(file.substr(0, file.find('.', 1)));
  if (name.empty() || name == "json") {
    name = words_of_name(whole.parent_path().filename().string());
  }
  if (name.empty()) {
    return "app";
  }
  return std::isalpha(static_cast<unsigned char>(name.front())) == 0 ? "log" + name : name;
}

}  // namespace leeway
