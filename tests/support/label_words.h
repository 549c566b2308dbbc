// Labels as tests name them: `a="1",b="2"`, nothing escaped.
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
