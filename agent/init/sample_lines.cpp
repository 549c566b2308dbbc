#include "agent/init/sample_lines.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>

#include "collectors/records/colours.h"
#include "collectors/records/envelope.h"

namespace leeway {
namespace {

struct Wrapper {
  const char* name;
  Envelope envelope;
};

// "web-1  | text", and not what begins with a date or with a level.
bool is_piped(const std::string& line) {
  static const RE2 kLevel(
      R"re(^(?i)(?:trace|debug|info|notice|warn|warning|error|critical|fatal|severe|success) *\|)re");
  return !line.empty() && std::isalpha(static_cast<unsigned char>(line.front())) != 0 &&
         line.find(" | ") != std::string::npos && !RE2::PartialMatch(line, kLevel);
}

}  // namespace

std::string plain_line(const std::string& line) {
  std::string text(line.size(), '\0');
  text.resize(without_colours(line, text.data()));
  return text;
}

std::vector<std::string> spread(const std::vector<std::string_view>& lines, std::size_t most) {
  std::vector<std::string> result;
  const std::size_t blocks = std::max<std::size_t>(1, lines.size() / most);
  for (std::size_t i = 0, taken = 0; i < lines.size(); i += blocks, ++taken) {
    result.emplace_back(lines[std::min(i + taken % blocks, lines.size() - 1)]);
  }
  return result;
}

std::string unwrap_all(std::vector<std::string>& lines) {
  for (const Wrapper& wrapper :
       {Wrapper{"cri", Envelope::kCri}, {"docker", Envelope::kDocker}, {"compose", Envelope::kCompose}}) {
    std::vector<std::string> inner;
    std::string scratch;
    std::size_t all = 0;
    for (const std::string& line : lines) {
      Unwrapped out;
      all += line.empty() ? 0U : 1U;
      const bool piped = wrapper.envelope != Envelope::kCompose || is_piped(line);
      if (!line.empty() && piped && unwrap(wrapper.envelope, line, scratch, out)) {
        inner.emplace_back(out.content);
      }
    }
    if (all > 0 && inner.size() * 10 >= all * 9) {
      lines = std::move(inner);
      return wrapper.name;
    }
  }
  return "";
}

}  // namespace leeway
