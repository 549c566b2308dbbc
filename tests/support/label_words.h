// Labels as tests write them: `a="1",b="2"`, without escapes.
#pragma once

#include <string>

#include "agent/metrics/series_labels.h"

namespace leeway {

inline std::string label_words(SeriesLabels labels) {
  std::string words;
  for (const Label& label : labels.pairs()) {
    words += (words.empty() ? "" : ",") + std::string(label.name) + "=\"" + std::string(label.value) + "\"";
  }
  return words;
}

}  // namespace leeway
