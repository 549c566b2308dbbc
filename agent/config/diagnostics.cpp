#include "agent/config/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace leeway {
namespace {

constexpr std::size_t kMostEdits = 3;

// Levenshtein distance.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

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
  const auto add = [&text](const std::vector<Error>& list, std::string_view severity) {
    for (const Error& entry : list) {
      const std::string where = entry.position.to_string();
      text += (where.empty() ? "" : where + ": ") + std::string(severity) + ": " + entry.message + "\n";
    }
  };
  add(errors(), "error");
  add(warnings(), "warning");
  return text;
}

std::string nearest_word(std::string_view word, std::span<const std::string> candidates) {
  std::string nearest;
  // A short word is not recognised when more than half of it differs.
  std::size_t best = std::min(kMostEdits, word.size() / 2) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string nearest = nearest_word(word, candidates);
  return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

}  // namespace leeway
