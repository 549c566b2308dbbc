#include "agent/monitors/quality/quality_share.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include "agent/expressions/expression_operators.h"
#include "agent/monitors/quality/quality_values.h"

namespace leeway {
namespace {

// Text tables have no other form for NaN and infinity.
bool is_word(const Value& value, std::string_view word) {
  if (value.kind != ValueKind::kString) {
    return false;
  }
  std::string_view text = value.string();
  text.remove_prefix(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char c, char lower) { return c == lower || c == lower - 'a' + 'A'; });
}
bool is_nan(const Value& value) { return std::isnan(number_of(value).value_or(0)) || is_word(value, "nan"); }
bool is_infinite(const Value& value) {
  return std::isinf(number_of(value).value_or(0)) || is_word(value, "inf") || is_word(value, "infinity");
}

// Whether the first is below the second, exactly: neither is rounded to the kind of the other.
bool is_less(const Value& left, const Value& right, Arena& scratch) {
  const Value result = expr::less(left, right, scratch);
  return result.kind == ValueKind::kBool && result.boolean;
}

}  // namespace

QualityShare::QualityShare(const QualityCheckSettings& settings) : QualityCheck(settings) {
  if (settings.kind == QualityKind::kInSet) {
    std::vector<Value> values = settings.scalars;
    std::transform(settings.texts.begin(), settings.texts.end(), std::back_inserter(values),
                   [](const std::string& text) { return Value::of_string(text); });
    set_.emplace(values);
  }
}

bool QualityShare::is_kind(QualityKind kind) {
  switch (kind) {
    case QualityKind::kNullRatio:
    case QualityKind::kNanRatio:
    case QualityKind::kInfRatio:
    case QualityKind::kType:
    case QualityKind::kRange:
    case QualityKind::kInSet:
    case QualityKind::kMatches:
    case QualityKind::kExpression:
      return true;
    default:
      return false;
  }
}

template <typename Verdict>
void QualityShare::count(const QualityRows& rows, Verdict verdict) {
  const std::span<const Value> values = rows.inputs[settings_.inputs.front()];
  for (const std::uint32_t place : rows.places) {
    const Value& value = values[place];
    if (!is_absent(value)) {
      ++considered_;
      violations_ += verdict(value) ? 1 : 0;
    }
  }
}

bool QualityShare::is_in_set(const Value& value) const {
  return expr::is_comparable(value.kind) && set_->contains(value);
}

bool QualityShare::is_in_range(const Value& value) {
  const Value number = value.is_time() ? Value::of_double(value.seconds()) : value;
  if (!number.is_number() || std::isnan(number.as_double())) {
    return false;
  }
  const QualityRange& range = settings_.range;
  return !(range.minimum && is_less(number, *range.minimum, scratch_)) &&
         !(range.maximum && is_less(*range.maximum, number, scratch_));
}

bool QualityShare::is_of_type(const Value& value) const {
  switch (settings_.type) {
    case QualityType::kNumber:
      return value.is_number();
    case QualityType::kInteger:
      return value.is_integer() || (value.kind == ValueKind::kDouble && std::isfinite(value.number) &&
                                    std::trunc(value.number) == value.number);
    case QualityType::kText:
      return value.kind == ValueKind::kString;
    case QualityType::kBoolean:
      return value.kind == ValueKind::kBool;
  }
  return false;
}

void QualityShare::add(const QualityRows& rows) {
  switch (settings_.kind) {
    case QualityKind::kNullRatio: {
      const std::uint64_t before = considered_;
      count(rows, [](const Value&) { return false; });
      violations_ += rows.places.size() - (considered_ - before);
      considered_ = before + rows.places.size();
      return;
    }
    case QualityKind::kNanRatio:
      count(rows, is_nan);
      return;
    case QualityKind::kInfRatio:
      count(rows, is_infinite);
      return;
    case QualityKind::kType:
      count(rows, [this](const Value& value) { return !is_of_type(value); });
      return;
    case QualityKind::kRange:
      count(rows, [this](const Value& value) { return !is_in_range(value); });
      return;
    case QualityKind::kInSet:
      count(rows, [this](const Value& value) { return !is_in_set(value); });
      return;
    default:  // kMatches, kExpression: an undecided row whose fields are present is a violation
      count(rows, [](const Value& value) { return value.kind != ValueKind::kBool || !value.boolean; });
      return;
  }
}

QualityOutcome QualityShare::judge(std::uint64_t /*rows*/) {
  QualityOutcome outcome{.rows = considered_};
  if (considered_ == 0) {
    return outcome;
  }
  const bool passing = settings_.kind == QualityKind::kExpression;
  const std::uint64_t counted = passing ? considered_ - violations_ : violations_;
  outcome.value = static_cast<double>(counted) / static_cast<double>(considered_);
  outcome.violations = static_cast<double>(violations_);
  return outcome;
}

void QualityShare::save_run(StateWriter& out) const {
  out.u64(considered_);
  out.u64(violations_);
}

Expected<void> QualityShare::load_run(StateReader& in) {
  considered_ = in.u64();
  violations_ = in.u64();
  return {};
}

}  // namespace leeway
