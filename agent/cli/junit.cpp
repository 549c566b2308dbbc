#include "agent/cli/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace leeway {
namespace {

// For attributes and content. XML allows no other control characters, not even written as numbers.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      default:
        out += static_cast<unsigned char>(c) < ' ' && c != '\t' ? '?' : c;
    }
  }
  return out;
}

std::string lines_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += (text.empty() ? "" : "\n") + line;
  }
  return text;
}

}  // namespace

std::string junit_xml(const std::string& suite, const std::vector<CaseResult>& results) {
  const auto failed =
      std::count_if(results.begin(), results.end(), [](const CaseResult& one) { return !one.differences.empty(); });
  const double seconds = std::accumulate(results.begin(), results.end(), 0.0,
                                         [](double sum, const CaseResult& one) { return sum + one.seconds; });
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites tests=\"{0}\" failures=\"{1}\" errors=\"0\" time=\"{2:.3f}\">\n"
      "  <testsuite name=\"{3}\" tests=\"{0}\" failures=\"{1}\" errors=\"0\" time=\"{2:.3f}\">\n",
      results.size(), failed, seconds, escaped(suite));
  for (const CaseResult& result : results) {
    fmt::format_to(std::back_inserter(out), "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                   escaped(suite), escaped(result.name), result.seconds);
    if (result.differences.empty()) {
      out += "/>\n";
      continue;
    }
    fmt::format_to(std::back_inserter(out), ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                   escaped(result.differences.front()), escaped(lines_of(result.differences)));
  }
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace leeway
