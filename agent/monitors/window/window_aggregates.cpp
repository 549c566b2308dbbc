#include "agent/monitors/window/window_aggregates.h"

#include <algorithm>
#include <array>

namespace leeway {
namespace {

constexpr WindowInputKind kNothing = WindowInputKind::kNothing;
constexpr WindowInputKind kNumber = WindowInputKind::kNumber;
constexpr WindowInputKind kAnything = WindowInputKind::kAnything;

// Steps of up to 80 bytes, so 14.4 KB; of 2.7 KB; of 4 KB; of 8 KB.
constexpr std::int64_t kPlainSteps = 180;
constexpr std::int64_t kQuantileSteps = 90;
constexpr std::int64_t kDistinctSteps = 30;
constexpr std::int64_t kTopSteps = 30;

constexpr std::array<AggregateKind, 16> kKinds{{
    {WindowAggregate::kCount, "count", "Number of records", "", kNothing, kPlainSteps, true, true, true, true, false,
     true},
    {WindowAggregate::kRate, "rate", "Records per second", "", kNothing, kPlainSteps, true, true, true, true, true,
     true},
    {WindowAggregate::kSum, "sum", "Sum of %", "", kNumber, kPlainSteps},
    {WindowAggregate::kMean, "mean", "Mean of %", "", kNumber, kPlainSteps},
    {WindowAggregate::kMin, "min", "Smallest %", "", kNumber, kPlainSteps, true, true, false},
    {WindowAggregate::kMax, "max", "Largest %", "", kNumber, kPlainSteps, true, true, false},
    {WindowAggregate::kStddev, "stddev", "Standard deviation of %", "", kNumber, kPlainSteps},
    {WindowAggregate::kQuantile, "quantile", "Quantile of %", "", kNumber, kQuantileSteps, true, false},
    {WindowAggregate::kShare, "share", "Share of records with % in the band", "_ratio", kNumber, kPlainSteps},
    {WindowAggregate::kRatio, "ratio", "Share of records with %", "_ratio", kNothing, kPlainSteps},
    {WindowAggregate::kDistinct, "distinct", "Distinct values of %", "", kAnything, kDistinctSteps, true, false, false},
    {WindowAggregate::kTop, "top", "Share of records with the most frequent %", "_ratio", kAnything, kTopSteps, true,
     false, false},
    {WindowAggregate::kAge, "age", "Time since the last record", "_seconds", kNothing, kPlainSteps, false, false, false,
     false, false},
    {WindowAggregate::kGap, "gap", "Longest time without a record", "_seconds", kNothing, kPlainSteps, true, false,
     false, true, true, true},
    {WindowAggregate::kSlope, "slope", "Change of % in an hour, by a straight line", "", kNumber, kPlainSteps, true,
     true, false},
    {WindowAggregate::kDeclines, "declines",
     "Records in a row, up to the last one, whose % was less than the one before", "", kNumber, kPlainSteps, false,
     false, false},
}};

}  // namespace

std::span<const AggregateKind> window_aggregates() { return kKinds; }

const AggregateKind& kind_of(WindowAggregate aggregate) {
  return *std::find_if(kKinds.begin(), kKinds.end(),
                       [&](const AggregateKind& kind) { return kind.aggregate == aggregate; });
}

}  // namespace leeway
