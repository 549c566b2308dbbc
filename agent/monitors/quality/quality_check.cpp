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
constexpr std::uint8_t kHasLeftOut = 8;       // from version 3 on
constexpr std::uint8_t kHasRowsLeftOut = 16;  // likewise

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
  if (const std::uint64_t values = outcome_.rows.value_or(0) + left_out_; leaves_out(settings_) && values > 0) {
    outcome_.left_out = static_cast<double>(left_out_) / static_cast<double>(values);
  }
  unjudged_runs_ = is_judged() ? 0 : unjudged_runs_ + (rows > 0 ? 1 : 0);
  if (outcome_.previous_value && is_of_its_rows()) {
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

void QualityCheck::clear() {
  left_out_ = 0;
  clear_run();
}

std::optional<double> QualityCheck::usable_number(const Value& value) {
  const std::optional<double> number = finite_number_of(value);
  if (!number && !is_absent(value)) {
    leave_out();
  }
  return number;
}

bool QualityCheck::is_of_its_rows() const { return outcome_.left_out.value_or(0) <= settings_.max_left_out; }
bool QualityCheck::is_judged() const { return outcome_.value && is_of_its_rows(); }

std::optional<bool> QualityCheck::passed() const {
  return is_judged() ? std::optional(settings_.limits.hold(*outcome_.value)) : std::nullopt;
}

void QualityCheck::save(StateWriter& out) const {
  save_optional(previous_, out);
  save_optional(outcome_.value, out);
  save_optional(outcome_.violations, out);
  out.u8(static_cast<std::uint8_t>((outcome_.exact ? kIsExact : 0) | (outcome_.rows ? kHasRows : 0) |
                                   (unjudged_runs_ > 0 ? kHasUnjudged : 0) | (outcome_.left_out ? kHasLeftOut : 0) |
                                   (left_out_ > 0 ? kHasRowsLeftOut : 0)));
  if (outcome_.rows) {
    out.u64(*outcome_.rows);
  }
  if (unjudged_runs_ > 0) {
    out.u64(unjudged_runs_);
  }
  if (outcome_.left_out) {
    out.f64(*outcome_.left_out);
  }
  if (left_out_ > 0) {
    out.u64(left_out_);
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
  outcome_.left_out = (flags & kHasLeftOut) != 0 ? std::optional(in.f64()) : std::nullopt;
  left_out_ = (flags & kHasRowsLeftOut) != 0 ? in.u64() : 0;
  if (Expected<void> loaded = load_run(in); !loaded) {
    return loaded;
  }
  return in.ok() ? Expected<void>{} : Error{ErrorCode::kCorrupt, "saved quality check is invalid"};
}

}  // namespace leeway