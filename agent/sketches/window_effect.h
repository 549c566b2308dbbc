// How the windows of a reference differ from windows that are drawn of its rows: a cycle, or days that are unlike each
// other, is in no row by itself. Used by agent/monitors/drift for its thresholds.
//
// Each window of the reference is scored against all others. Scores of distances are compared by their square root,
// those of squared distances by their fourth root, where they are nearly normal. If their mean or their spread differs
// from that of draws by more than chance, the draws are replaced: by those of independent rows, whose shape is kept,
// with the mean and the spread of these scores, each as uncertain as so few windows leave it. The threshold is then a
// prediction limit: with normal scores, that of Student's distribution. If the windows follow a cycle, so that scores
// of one part of it are far above those of the others, the draws are spread until no share of these scores exceeds the
// limit that a smaller share of windows should.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "agent/sketches/column_reference.h"
#include "agent/sketches/drift_score.h"
#include "agent/sketches/null_scores.h"

namespace leeway {

inline constexpr std::size_t kFewestWindows = 5;

class WindowEffect {
 public:
  // Of the windows of the reference with at least `min_rows` rows.
  WindowEffect(const ColumnReference& reference, std::vector<DriftMethod> methods, double pseudo_count,
               std::uint64_t min_rows);

  // Whether they are at least kFewestWindows.
  bool known() const { return rows_ != 0; }
  // `null` is of windows of `rows` rows, with draws of the reference: replaced for the methods whose scores differ, and
  // their window_ratio is set for all.
  void follow(std::vector<NullScores>& null, std::uint64_t rows, std::uint64_t draws,
              const std::atomic<bool>& cancelled) const;

 private:
  // Of roots of scores.
  struct Spread {
    double mean = 0;
    double deviation = 0;
  };
  static Spread spread_of(const std::vector<double>& roots);
  // By method.
  using Draws = std::vector<std::vector<double>>;
  Draws draw(const ColumnReference& reference, std::uint64_t rows, std::uint64_t count,
             const std::atomic<bool>& cancelled) const;
  void score_windows(const std::vector<const ReferenceWindow*>& windows);
  bool differs(std::size_t method, const Spread& drawn) const;
  // How much the draws of roots, which are moved to rows_ rows, are spread further.
  double stretch(std::size_t method, std::vector<double> draws) const;
  // Moves the draws of independent rows; `typical` is the spread of those of rows_ rows.
  void move(std::size_t method, const Spread& typical, std::uint64_t rows, std::vector<double>& draws) const;

  const ColumnReference& reference_;
  std::vector<DriftMethod> methods_;
  double pseudo_count_;
  std::uint64_t rows_ = 0;  // of a typical window
  bool cycle_ = false;
  std::vector<std::vector<double>> roots_;  // by method, as if each window had rows_ rows; empty: not comparable
};

}  // namespace leeway
