#include "agent/monitors/window/window_ranges.h"

#include <utility>

namespace leeway {
namespace {

constexpr const char* kHidden = "a series without a record is hidden after `expire`";
constexpr const char* kWholeNumber = "it is a number of records";
constexpr const char* kNotNegative = "it is not negative";
constexpr double kQuantileEnd = 1e15;  // of a quantile

ValueRange range_of_value(const WindowSettings& settings, Duration expire) {
  ValueRange range;
  const auto at_least = [&range](double least, const char* why) {
    range.least = least;
    range.why_least = why;
  };
  const auto at_most = [&range](double most, const char* why) {
    range.most = most;
    range.why_most = why;
  };
  // A series is hidden before there is no record in its window.
  const bool never_empty = expire > Duration{} && expire <= settings.over - settings.step;
  switch (settings.aggregate) {
    case WindowAggregate::kCount:
      at_least(never_empty ? 1 : 0, never_empty ? kHidden : kWholeNumber);
      break;
    case WindowAggregate::kRate:
      at_least(never_empty ? 1 / to_seconds(settings.over) : 0, never_empty ? kHidden : kNotNegative);
      break;
    case WindowAggregate::kStddev:
      at_least(0, "a standard deviation is not negative");
      break;
    case WindowAggregate::kQuantile:
      at_least(-kQuantileEnd, "smaller values count as that");
      at_most(kQuantileEnd, "larger values count as that");
      break;
    case WindowAggregate::kShare:
    case WindowAggregate::kRatio:
    case WindowAggregate::kTop:
      at_least(0, "it is a share");
      at_most(1, "it is a share");
      break;
    case WindowAggregate::kDistinct:
      at_least(1, "without a record there is no value");
      break;
    case WindowAggregate::kAge:
      at_least(0, kNotNegative);
      if (expire > Duration{}) {
        at_most(to_seconds(expire), kHidden);
      }
      break;
    case WindowAggregate::kGap:
      at_least(0, kNotNegative);
      at_most(to_seconds(settings.over - settings.step), "the window holds no longer one than `over`, less a step");
      break;
    case WindowAggregate::kDeclines:
      at_least(0, kNotNegative);
      at_most(static_cast<double>(kMostDecliningRuns - 1), "no more are counted");
      break;
    default:
      break;
  }
  return range;
}

// Of the value divided by the usual one.
ValueRange range_of_times(const ValueRange& value, const WindowUsual& usual) {
  ValueRange range;
  if (usual.kind != UsualKind::kConstant) {
    range.least = value.least >= 0 ? 0 : range.least;
    range.why_least = kNotNegative;
    return range;
  }
  if (usual.constant == 0) {
    return range;
  }
  range = {value.least / usual.constant, value.most / usual.constant, value.why_least, value.why_most};
  if (usual.constant < 0) {
    std::swap(range.least, range.most);
    std::swap(range.why_least, range.why_most);
  }
  return range;
}

// Of the value minus the usual one.
ValueRange range_of_difference(const ValueRange& value, const WindowUsual& usual) {
  if (usual.kind == UsualKind::kConstant) {
    return {value.least - usual.constant, value.most - usual.constant, value.why_least, value.why_most};
  }
  return {value.least - value.most, value.most - value.least, value.why_least, value.why_most};
}

}  // namespace

void set_window_ranges(Duration expire, WindowSettings& settings) {
  const ValueRange value = range_of_value(settings, expire);
  settings.desc.range = value;
  settings.samples.range.least = 0;
  settings.samples.range.why_least = kWholeNumber;
  if (settings.aggregate == WindowAggregate::kDeclines) {
    settings.samples.range.most = static_cast<double>(kMostDecliningRuns);
    settings.samples.range.why_most = "no more are kept";
  }
  if (settings.usual) {
    settings.usual_value.range = value;
    settings.times_usual.range = range_of_times(value, *settings.usual);
    settings.above_usual.range = range_of_difference(value, *settings.usual);
  }
}

}  // namespace leeway
