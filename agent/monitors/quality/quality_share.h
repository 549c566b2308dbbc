// Checks of [[quality]] that count the rows violating them: null, NaN and infinity ratio, type, range, set, pattern
// and expression. Used by quality_check.cpp.
#pragma once

#include <optional>

#include "agent/core/arena.h"
#include "agent/expressions/constant_set.h"
#include "agent/monitors/quality/quality_check.h"

namespace leeway {

class QualityShare final : public QualityCheck {
 public:
  explicit QualityShare(const QualityCheckSettings& settings);
  static bool is_kind(QualityKind kind);

  void add(const QualityRows& rows) override;
  void clear_run() override { considered_ = violations_ = 0; }

 protected:
  QualityOutcome judge(std::uint64_t rows) override;
  void save_run(StateWriter& out) const override;
  Expected<void> load_run(StateReader& in) override;

 private:
  template <typename Verdict>
  void count(const QualityRows& rows, Verdict verdict);
  bool is_in_set(const Value& value) const;
  bool is_in_range(const Value& value);
  bool is_of_type(const Value& value) const;

  std::optional<expr::ConstantSet> set_;  // kInSet
  Arena scratch_;                         // for operators of expressions; comparisons use none of it
  std::uint64_t considered_ = 0;
  std::uint64_t violations_ = 0;
};

}  // namespace leeway
