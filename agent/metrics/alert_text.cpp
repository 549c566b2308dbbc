#include "agent/metrics/alert_text.h"

#include <algorithm>
#include <cctype>

namespace leeway {

std::string expand_text(std::string_view text, const std::function<std::string()>& value,
                        const std::function<std::string(const std::string&)>& label,
                        const std::function<std::string(std::string_view)>& plain) {
  constexpr std::string_view kValue = "$value";
  constexpr std::string_view kLabels = "$labels.";
  const auto in_name = [&text](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
  };
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', std::max(at + 1, done))) {
    if (text.substr(at).starts_with(kValue) && !in_name(at + kValue.size())) {
      result += plain(text.substr(done, at - done)) + value();
      done = at + kValue.size();
    } else if (text.substr(at).starts_with(kLabels) && in_name(at + kLabels.size()) &&
               std::isdigit(static_cast<unsigned char>(text[at + kLabels.size()])) == 0) {
      std::size_t end = at + kLabels.size();
      while (in_name(end)) {
        ++end;
      }
      result += plain(text.substr(done, at - done)) +
                label(std::string(text.substr(at + kLabels.size(), end - at - kLabels.size())));
      done = end;
    }
  }
  return result + plain(text.substr(done));
}

std::vector<std::string> labels_in_text(std::string_view text) {
  std::vector<std::string> names;
  expand_text(
      text, [] { return std::string(); },
      [&names](const std::string& name) {
        names.push_back(name);
        return std::string();
      },
      [](std::string_view) { return std::string(); });
  return names;
}

}  // namespace leeway
