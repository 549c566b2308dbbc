#include "agent/monitors/quality/quality_group_text.h"

#include <algorithm>

#include "agent/monitors/quality/quality_metrics.h"

namespace leeway {

std::string quality_group_text(const std::vector<std::string>& keys) {
  std::string text;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    text += i == 0 ? "" : ",";
    text += kQualityGroupLabels[i];
    text += "=\"";
    for (const char c : keys[i]) {
      if (c == '\n') {
        text += "\\n";
        continue;
      }
      if (c == '\\' || c == '"') {
        text += '\\';
      }
      text += c;
    }
    text += '"';
  }
  return text;
}

std::vector<std::string> quality_group_keys(std::string_view text) {
  std::vector<std::string> keys;
  while (!text.empty() && keys.size() < kQualityGroupLabels.size()) {
    const std::string begin = (keys.empty() ? "" : ",") + std::string(kQualityGroupLabels[keys.size()]) + "=\"";
    if (!text.starts_with(begin)) {
      break;
    }
    std::string& key = keys.emplace_back();
    std::size_t at = begin.size();
    for (; at < text.size() && text[at] != '"'; ++at) {
      const bool escaped = text[at] == '\\' && at + 1 < text.size();
      at += escaped ? 1 : 0;
      key += escaped && text[at] == 'n' ? '\n' : text[at];
    }
    text.remove_prefix(std::min(at + 1, text.size()));
  }
  return keys;
}

}  // namespace leeway
