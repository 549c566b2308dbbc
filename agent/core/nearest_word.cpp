#include "agent/core/nearest_word.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

constexpr std::size_t kMostEdits = 3;
constexpr std::size_t kLeastBeginning = 5;

// Edits that turn `a` into `b`: letters inserted, deleted or replaced, and neighbours swapped.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

// The longest candidate that begins `word`, or that `word` begins.
std::string with_same_beginning(std::string_view word, std::span<const std::string> candidates) {
  std::string longest;
  for (const std::string& candidate : candidates) {
    const std::string lower = lower_case(candidate);
    const bool begins =
        std::min(lower.size(), word.size()) >= kLeastBeginning && (word.starts_with(lower) || lower.starts_with(word));
    longest = begins && candidate.size() > longest.size() ? candidate : longest;
  }
  return longest;
}

}  // namespace

std::string nearest_word(std::string_view word, std::span<const std::string> candidates) {
  std::string nearest;
  // A short word is not recognised when more than half of it differs.
  std::size_t best = std::min(kMostEdits, word.size() / 2) + 1;
  const std::string lower = lower_case(word);
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(lower, lower_case(candidate));
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest.empty() ? with_same_beginning(lower, candidates) : nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string nearest = nearest_word(word, candidates);
  return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

std::string quoted_words(std::span<const std::string> words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += i == 0 ? "" : i + 1 == words.size() ? " " + std::string(last) + " " : ", ";
    text += "\"" + words[i] + "\"";
  }
  return text;
}

}  // namespace leeway
