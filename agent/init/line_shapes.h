// What lines of free text have in common: their words, without what differs from line to line. Used by init where no
// format fits.
#pragma once

#include <string>
#include <vector>

namespace leeway {

struct LineShape {
  std::string text;  // "request * took *"
  double share;      // of the lines
};

// Those of at least 2 % of the lines, the most frequent ones first, at most `most`. Words with digits or an @, paths,
// and what is quoted differ.
std::vector<LineShape> line_shapes(const std::vector<std::string>& lines, std::size_t most);

}  // namespace leeway
