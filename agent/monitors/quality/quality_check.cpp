#include "agent/monitors/quality/quality_check.h"

#include <cmath>

#include "agent/monitors/quality/quality_checks.h"
#include "agent/monitors/quality/quality_share.h"
#include "agent/monitors/quality/quality_values.h"

namespace leeway {
namespace {

// Of saved state; version 1 had only the first.
constexpr std::uint8_t kIsExact = 1;
constexpr std::uint8_t kHasRows = 2;
constexpr std::uint8_t kHasUnjudged = 4;

}  // namespace

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
  unjudged_runs_ = outcome_.value ? 0 : unjudged_runs_ + (rows > 0 ? 1 : 0);
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
  out.u8(static_cast<std::uint8_t>((outcome_.exact ? kIsExact : 0) | (outcome_.rows ? kHasRows : 0) |
                                   (unjudged_runs_ > 0 ? kHasUnjudged : 0)));
  if (outcome_.rows) {
    out.u64(*outcome_.rows);
  }
  if (unjudged_runs_ > 0) {
    out.u64(unjudged_runs_);
  }
  save_run(out);
}

Expected<void> QualityCheck::load(StateReader& in) {
  previous_ = load_optional(in);
  outcome_.value = load_optional(in);
  outcome_.violations = load_optional(in);
  const std::uint8_t flags = in.u8();
  outcome_.exact = (flags & kIsExact) != 0;
  outcome_.rows = (flags & kHasRows) != 0 ? std::optional(in.u64()) : std::nullopt;
  unjudged_runs_ = (flags & kHasUnjudged) != 0 ? in.u64() : 0;
  if (Expected<void> loaded = load_run(in); !loaded) {
    return loaded;
  }
  return in.ok() ? Expected<void>{} : Error{ErrorCode::kCorrupt, "saved quality check is invalid"};
}

}  // namespace leeway