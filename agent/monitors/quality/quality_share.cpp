#include "agent/monitors/quality/quality_share.h"

#include <algorithm>
#include <cmath>
#include <string_view>

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

}  // namespace

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
  if (value.kind == ValueKind::kString) {
    const std::string_view text = value.string();
    const auto at = std::lower_bound(settings_.texts.begin(), settings_.texts.end(), text,
                                     [](const std::string& known, std::string_view wanted) { return known < wanted; });
    return at != settings_.texts.end() && *at == text;
  }
  if (value.kind == ValueKind::kBool) {
    return std::find(settings_.booleans.begin(), settings_.booleans.end(), value.boolean) != settings_.booleans.end();
  }
  return value.is_number() && std::binary_search(settings_.numbers.begin(), settings_.numbers.end(), value.as_double());
}

bool QualityShare::is_of_type(const Value& value) const {
  switch (settings_.type) {
    case QualityType::kNumber:
      return value.is_number();
    case QualityType::kInteger:
      return value.is_integer() || (value.kind == ValueKind::kDouble && std::trunc(value.number) == value.number);
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
      count(rows, [this](const Value& value) {
        const std::optional<double> number = number_of(value);
        return !number || std::isnan(*number) || !settings_.range.hold(*number);
      });
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
  QualityOutcome outcome;
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
