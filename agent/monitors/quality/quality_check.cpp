#include "agent/monitors/quality/quality_check.h"

#include <cmath>

#include "agent/monitors/quality/quality_checks.h"
#include "agent/monitors/quality/quality_share.h"
#include "agent/monitors/quality/quality_values.h"

namespace leeway {

std::unique_ptr<QualityCheck> QualityCheck::make(const QualityCheckSettings& settings) {
  if (QualityShare::is_kind(settings.kind)) {
    return std::make_unique<QualityShare>(settings);
  }
  std::unique_ptr<QualityCheck> check = make_table_check(settings);
  check = check ? std::move(check) : make_value_check(settings);
  return check ? std::move(check) : make_number_check(settings);
}

void QualityCheck::end_run(std::uint64_t rows) {
  outcome_ = judge(rows);
  if (outcome_.previous_value) {
    previous_ = outcome_.previous_value;
  }
  clear();
}

std::optional<double> QualityCheck::change(const std::optional<double>& now) const {
  if (!now || !previous_ || *previous_ == 0) {
    return std::nullopt;
  }
  const double ratio = (*now - *previous_) / std::abs(*previous_);
  return std::isfinite(ratio) ? std::optional(ratio) : std::nullopt;
}

std::optional<bool> QualityCheck::passed() const {
  return outcome_.value ? std::optional(settings_.limits.hold(*outcome_.value)) : std::nullopt;
}

void QualityCheck::save(StateWriter& out) const {
  save_optional(previous_, out);
  save_optional(outcome_.value, out);
  save_optional(outcome_.violations, out);
  out.u8(outcome_.exact ? 1 : 0);
  save_run(out);
}

Expected<void> QualityCheck::load(StateReader& in) {
  previous_ = load_optional(in);
  outcome_.value = load_optional(in);
  outcome_.violations = load_optional(in);
  outcome_.exact = in.u8() != 0;
  if (Expected<void> loaded = load_run(in); !loaded) {
    return loaded;
  }
  return in.ok() ? Expected<void>{} : Error{ErrorCode::kCorrupt, "saved quality check is invalid"};
}

}  // namespace leeway