#include "agent/init/line_shapes.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>

namespace leeway {

std::vector<LineShape> line_shapes(const std::vector<std::string>& lines, std::size_t most) {
  static const RE2 kQuoted(R"re("[^"]*"|'[^']*')re");
  static const RE2 kDiffers(R"re(\S*[\d@/*]\S*)re");
  std::map<std::string, std::size_t> counts;
  for (const std::string& line : lines) {
    std::string shape = line;
    RE2::GlobalReplace(&shape, kQuoted, "*");
    RE2::GlobalReplace(&shape, kDiffers, "*");
    ++counts[shape];
  }
  std::vector<LineShape> shapes;
  for (const auto& [text, count] : counts) {
    if (count * 50 >= lines.size() && count > 1) {
      shapes.push_back({text, static_cast<double>(count) / static_cast<double>(lines.size())});
    }
  }
  std::stable_sort(shapes.begin(), shapes.end(), [](const auto& a, const auto& b) { return a.share > b.share; });
  shapes.resize(std::min(shapes.size(), most));
  return shapes;
}

}  // namespace leeway
