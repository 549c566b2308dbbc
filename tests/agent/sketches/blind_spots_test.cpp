// No change of more than half of the rows, however small or large the reference's variety, scores below the noise floor
// of any method that can see such a change.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "agent/sketches/drift_score.h"
#include "agent/sketches/null_scores.h"
#include "agent/sketches/random.h"
#include "agent/sketches/reference_capture.h"
#include "tests/agent/sketches/captured_samples.h"

namespace leeway {
namespace {

using Numbers = std::vector<double>;
using Methods = std::vector<DriftMethod>;

constexpr std::size_t kWindowRows = 500;
constexpr std::uint64_t kNullDraws = 200;

Methods methods_for(ColumnKind kind) {
  Methods result;
  for (std::size_t i = 0; i < kDriftMethods; ++i) {
    if (applies_to(static_cast<DriftMethod>(i), kind)) {
      result.push_back(static_cast<DriftMethod>(i));
    }
  }
  return result;
}

bool is_on_bins(DriftMethod method) { return method < DriftMethod::kKolmogorovSmirnov; }

// Rows of a reference with about so many distinct values, in a random order.
Numbers reference_rows(Random& random, std::size_t variety, bool discrete) {
  Numbers rows;
  if (!discrete) {
    while (rows.size() < std::max<std::size_t>(variety, 100)) {
      rows.push_back(variety == 1 ? 7.25 : random.normal());
    }
    return rows;
  }
  for (std::size_t value = 0; value < variety; ++value) {
    const std::size_t most = variety <= 10 ? 850 : 8000 / variety;
    rows.insert(rows.end(), (variety <= 10 ? 50 : 1) + random.next() % most, static_cast<double>(value) - 3);
  }
  for (std::size_t i = rows.size(); i > 1; --i) {
    std::swap(rows[i - 1], rows[random.next() % i]);
  }
  return rows;
}

enum class Change : std::uint8_t { kInside, kBetween, kBelow, kAbove };

double new_value(Random& random, const ColumnReference& reference, Change change) {
  const std::vector<WeightedValue>& values = reference.values;
  const std::size_t at = random.next() % values.size();
  switch (change) {
    case Change::kInside:
      return values[at].value;
    case Change::kBetween:
      return at + 1 < values.size() ? (values[at].value + values[at + 1].value) / 2 : values[at].value + 1e-6;
    case Change::kBelow:
      return reference.minimum - random.uniform();
    case Change::kAbove:
      return values.back().value + random.uniform();
  }
  return 0;
}

// Those that look at something else are left out.
bool sees(DriftMethod method, Change change, std::size_t variety) {
  switch (method) {
    case DriftMethod::kZTestP:
      return variety == 1 && change != Change::kInside;  // more than two values have no score
    case DriftMethod::kNullRate:
      return false;
    case DriftMethod::kOutOfRange:
      return change == Change::kBelow || change == Change::kAbove;
    case DriftMethod::kMeanShift:
      return variety > 1 && (change == Change::kBelow || change == Change::kAbove);
    default:
      return true;
  }
}

std::string text_of(Change change) {
  return std::array{"inside", "between", "below", "above"}[static_cast<std::size_t>(change)];
}

// More than half of the rows take one value.
void expect_seen(Random& random, std::size_t variety, bool discrete, Change change) {
  const Numbers rows = reference_rows(random, variety, discrete);
  const ColumnReference reference = captured_reference(rows);
  const Methods methods = methods_for(ColumnKind::kNumber);
  DriftScorer scorer(reference, methods, 0.5);
  const double value = new_value(random, reference, change);
  const auto count = static_cast<double>(std::count(rows.begin(), rows.end(), value));
  const double held = count / static_cast<double>(rows.size());
  // At least 0.55 of the rows have another value than before.
  const double share = 0.55 / (1 - held) + 0.1 * random.uniform();
  if (!(share <= 1)) {
    return;
  }
  Numbers window;
  for (std::size_t row = 0; row < kWindowRows; ++row) {
    window.push_back(random.uniform() < share ? value : rows[random.next() % rows.size()]);
  }
  Numbers scores(methods.size());
  scorer.score(window_with_values(reference, window), scores);
  const std::vector<NullScores> null = null_scores(scorer, kWindowRows, kNullDraws);
  for (std::size_t i = 0; i < methods.size(); ++i) {
    if (sees(methods[i], change, reference.values.size())) {
      EXPECT_GT(scores[i], null[i].mean) << to_string(methods[i]) << ", " << reference.values.size()
                                         << (discrete ? " discrete" : " continuous") << " values in " << rows.size()
                                         << " rows: " << share << " to " << value << ", " << text_of(change);
    }
  }
}

TEST(BlindSpots, NoneForRowsThatTakeOneValue) {
  Random random(5);
  for (int round = 0; round < 160; ++round) {
    const auto variety = static_cast<std::size_t>(std::pow(2000, random.uniform()));
    expect_seen(random, variety, round % 2 == 0, static_cast<Change>(round / 2 % 4));
  }
}

// Each of the most frequent values, up to more than half of the rows, moves: beside, between, or to another.
TEST(BlindSpots, NoneForFewValuesThatMove) {
  Random random(6);
  const Methods methods = methods_for(ColumnKind::kNumber);
  for (int round = 0; round < 120; ++round) {
    const Numbers rows = reference_rows(random, 1 + random.next() % 10, true);
    const ColumnReference reference = captured_reference(rows);
    DriftScorer scorer(reference, methods, 0.5);
    Numbers window;
    for (std::size_t row = 0; row < kWindowRows; ++row) {
      window.push_back(rows[random.next() % rows.size()]);
    }
    const double by = std::array{0.5, -0.5, 1e-6, 100.0, -100.0}[static_cast<std::size_t>(round % 5)];
    std::size_t changed = 0;
    for (const WeightedValue& item : reference.values) {
      if (2 * changed > window.size()) {
        break;
      }
      changed += static_cast<std::size_t>(std::count(window.begin(), window.end(), item.value));
      std::replace(window.begin(), window.end(), item.value, item.value + by);
    }
    Numbers scores(methods.size());
    scorer.score(window_with_values(reference, window), scores);
    const std::vector<NullScores> null = null_scores(scorer, kWindowRows, kNullDraws);
    for (std::size_t i = 0; i < methods.size(); ++i) {
      // A billionth is seen by its order, not by its distance.
      const bool by_distance = methods[i] == DriftMethod::kWasserstein || methods[i] == DriftMethod::kEnergy;
      if (is_on_bins(methods[i]) ? methods[i] != DriftMethod::kZTestP
                                 : sees(methods[i], Change::kBetween, 2) && !(by_distance && std::abs(by) < 0.1)) {
        EXPECT_GT(scores[i], null[i].mean)
            << to_string(methods[i]) << ", " << reference.values.size() << " values, by " << by;
      }
    }
  }
}

// Missing values are a bin.
TEST(BlindSpots, NoneForValuesThatAreMissing) {
  Random random(7);
  const Methods methods = methods_for(ColumnKind::kNumber);
  for (int round = 0; round < 40; ++round) {
    const auto variety = static_cast<std::size_t>(std::pow(2000, random.uniform()));
    const Numbers rows = reference_rows(random, variety, round % 2 == 0);
    const ColumnReference reference = captured_reference(rows);
    DriftScorer scorer(reference, methods, 0.5);
    WindowSums window = window_with_values(reference, Numbers(rows.begin(), rows.begin() + 100));
    window.cells[ColumnReference::kMissingCell] = 150;
    Numbers scores(methods.size());
    scorer.score(window, scores);
    const std::vector<NullScores> null = null_scores(scorer, 250, kNullDraws);
    for (std::size_t i = 0; i < methods.size(); ++i) {
      const bool seen =
          methods[i] == DriftMethod::kNullRate || (is_on_bins(methods[i]) && methods[i] != DriftMethod::kZTestP);
      if (seen) {
        EXPECT_GT(scores[i], null[i].mean) << to_string(methods[i]) << ", " << reference.values.size() << " values";
      }
    }
  }
}

// Up to as many categories as have bins.
TEST(BlindSpots, NoneForCategoriesThatBecomeOne) {
  Random random(8);
  const Methods methods = methods_for(ColumnKind::kCategory);
  for (int round = 0; round < 60; ++round) {
    const std::size_t variety = 1 + random.next() % 50;
    ReferenceCapture capture;
    for (int row = 0; row < 2000; ++row) {
      capture.add_category("c" + std::to_string(random.next() % variety));
    }
    const ColumnReference reference = capture.freeze({});
    DriftScorer scorer(reference, methods, 0.5);
    const bool is_new = round % 2 == 0;
    if (!is_new && variety < 3) {
      continue;
    }
    const std::size_t cell = is_new ? reference.unseen_cell(0) : 1 + random.next() % reference.frequent;
    WindowSums window;
    window.cells.resize(reference.cells());
    window.cells[cell] = 0.7 * kWindowRows;
    for (std::size_t row = 0; row < kWindowRows * 3 / 10; ++row) {
      ++window.cells[1 + random.next() % reference.frequent];
    }
    Numbers scores(methods.size());
    scorer.score(window, scores);
    const std::vector<NullScores> null = null_scores(scorer, kWindowRows, kNullDraws);
    for (std::size_t i = 0; i < methods.size(); ++i) {
      const bool seen = methods[i] == DriftMethod::kUnseenCategory
                            ? is_new
                            : methods[i] != DriftMethod::kNullRate && methods[i] != DriftMethod::kZTestP;
      if (seen) {
        EXPECT_GT(scores[i], null[i].mean)
            << to_string(methods[i]) << ", " << variety << " categories, " << (is_new ? "a new one" : "one of them");
      }
    }
  }
}

using Texts = std::vector<std::string>;

ColumnReference captured_texts(const Texts& rows) {
  ReferenceCapture capture;
  for (const std::string& row : rows) {
    capture.add_category(row);
  }
  return capture.freeze({});
}

WindowSums window_of_texts(const ColumnReference& reference, const Texts& rows) {
  WindowSums window;
  window.cells.resize(reference.cells());
  for (const std::string& row : rows) {
    const auto found = std::find(reference.categories.begin(), reference.categories.end(), row);
    ++window.cells[found == reference.categories.end()
                       ? reference.unseen_cell(class_of_text(row))
                       : reference.category_cell(static_cast<std::size_t>(found - reference.categories.begin()))];
  }
  return window;
}

enum class TextChange : std::uint8_t { kOneOfThem, kOneNew, kAllNew };

bool sees(DriftMethod method, TextChange change) {
  return method == DriftMethod::kUnseenCategory ? change == TextChange::kAllNew
                                                : method != DriftMethod::kNullRate && method != DriftMethod::kZTestP;
}

// Texts of so many values, most of them rare, of which most become one of them, one new value, or a new value each.
TEST(BlindSpots, NoneForRareTexts) {
  Random random(9);
  const Methods methods = methods_for(ColumnKind::kCategory);
  for (int round = 0; round < 90; ++round) {
    const auto variety = static_cast<std::size_t>(20 * std::pow(500, random.uniform()));
    const std::size_t each = 1 + static_cast<std::size_t>(round / 3 % 4);
    Texts rows;
    for (std::size_t row = 0; row < variety * each; ++row) {
      rows.push_back("c" + std::to_string(row % variety));
    }
    const auto change = static_cast<TextChange>(round % 3);
    if (change == TextChange::kAllNew && each == 1) {
      continue;  // values that are all different are expected to be new
    }
    const ColumnReference reference = captured_texts(rows);
    DriftScorer scorer(reference, methods, 0.5);
    Texts window;
    for (std::size_t row = 0; row < kWindowRows; ++row) {
      const bool changed = random.uniform() < 0.7;
      window.push_back(!changed                           ? rows[random.next() % rows.size()]
                       : change == TextChange::kOneOfThem ? "c7"
                       : change == TextChange::kOneNew    ? "unknown"
                                                          : "new " + std::to_string(row));
    }
    Numbers scores(methods.size());
    scorer.score(window_of_texts(reference, window), scores);
    const std::vector<NullScores> null = null_scores(scorer, kWindowRows, kNullDraws);
    for (std::size_t i = 0; i < methods.size(); ++i) {
      if (sees(methods[i], change)) {
        EXPECT_GT(scores[i], null[i].mean) << to_string(methods[i]) << ", " << variety << " values, " << each
                                           << " rows each, change " << static_cast<int>(change);
      }
    }
  }
}

// More than are counted, too.
TEST(BlindSpots, NoneForIdentifiers) {
  for (const std::size_t rows : {12U, 100U, 1500U, 30'000U}) {
    Texts identifiers;
    for (std::size_t row = 0; row < rows; ++row) {
      identifiers.push_back("u" + std::to_string(row));
    }
    const ColumnReference reference = captured_texts(identifiers);
    const Methods methods = {DriftMethod::kJensenShannon, DriftMethod::kPsi, DriftMethod::kUnseenCategory};
    DriftScorer scorer(reference, methods, 0.5);
    const std::vector<NullScores> null = null_scores(scorer, kWindowRows, 2000);
    Numbers scores(methods.size());
    scorer.score(window_of_texts(reference, Texts(kWindowRows, "unknown")), scores);
    EXPECT_GT(scores[0], null[0].threshold(0.01)) << rows;
    EXPECT_GT(scores[1], null[1].threshold(0.01)) << rows;
    int alarms = 0;
    for (std::size_t window = 0; window < 200; ++window) {
      Texts fresh;
      for (std::size_t row = 0; row < kWindowRows; ++row) {
        fresh.push_back("v" + std::to_string(window * kWindowRows + row));
      }
      scorer.score(window_of_texts(reference, fresh), scores);
      EXPECT_EQ(std::isnan(scores[2]), rows > ReferenceCapture::kMostCategories);
      for (std::size_t i = 0; i < methods.size(); ++i) {
        alarms += scores[i] > null[i].threshold(0.01) ? 1 : 0;
      }
    }
    EXPECT_LE(alarms, 15) << rows << " identifiers";
  }
}

}  // namespace
}  // namespace leeway
