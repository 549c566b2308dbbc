#include "agent/config/diagnostics.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace leeway {
namespace {

std::vector<Error> sorted(std::vector<Error> errors) {
  std::stable_sort(errors.begin(), errors.end(), [](const Error& a, const Error& b) {
    return std::tie(a.position.file, a.position.line, a.position.column) <
           std::tie(b.position.file, b.position.line, b.position.column);
  });
  return errors;
}

}  // namespace

void Diagnostics::error(Position position, std::string message) {
  errors_.push_back({ErrorCode::kConfiguration, std::move(message), std::move(position)});
}

void Diagnostics::warning(Position position, std::string message) {
  warnings_.push_back({ErrorCode::kConfiguration, std::move(message), std::move(position)});
}

std::vector<Error> Diagnostics::errors() const { return sorted(errors_); }

std::vector<Error> Diagnostics::warnings() const { return sorted(warnings_); }

std::string Diagnostics::to_string() const {
  std::string text;
  std::set<std::string> lines;
  const auto add = [&](const std::vector<Error>& list, std::string_view severity) {
    for (const Error& entry : list) {
      const std::string where = entry.position.to_string();
      const std::string line =
          (where.empty() ? "" : where + ": ") + std::string(severity) + ": " + entry.message + "\n";
      text += lines.insert(line).second ? line : "";
    }
  };
  add(errors(), "error");
  add(warnings(), "warning");
  return text;
}

}  // namespace leeway
