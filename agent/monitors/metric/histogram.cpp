#include "agent/monitors/metric/histogram.h"

#include <algorithm>
#include <limits>

#include "agent/monitors/metric/metric_base.h"
#include "agent/monitors/shared/buckets.h"
#include "agent/monitors/shared/numeric_value.h"

namespace leeway {
namespace {

constexpr const char* kWithoutSum = R"( No _sum: values may be negative. The bucket le="+Inf" is the count.)";

class Histogram final : public MetricBase {
 public:
  Histogram(MetricDefinition definition, NumericValue value)
      : MetricBase(std::move(definition)),
        value_(std::move(value)),
        width_(desc().buckets.size() + 1),
        negative_(has_no_sum(desc())) {
    Histogram::resize(table().size());
  }

  void report(std::vector<MetricStatus>& out) const override {
    MetricBase::report(out);
    out.back().sum_left_out = negative_ && !has_no_sum(desc());
  }

 private:
  void read_values(const RecordBatch& batch, Selection& rows, FailureCounts& failures) override {
    value_.evaluate(batch, rows, failures);
  }

  void record(const RecordBatch&, std::span<const Row>, std::span<const Series> series) override {
    const double* const values = value_.numbers().data();
    const std::span<const double> bounds = desc().buckets;
    std::uint64_t* const counts = counts_.data();
    double* const sums = sums_.data();
    bool negative = negative_;
    for (std::size_t i = 0; i < series.size(); ++i) {
      const Series at = series.data()[i];
      if (at != kNoSeries) {
        ++counts[at * (bounds.size() + 1) + bucket_of(bounds, values[i])];
        sums[at] += values[i];
        negative |= values[i] < 0;
      }
    }
    negative_ = negative;
  }

  // The number of bounds below `value`: a branch-free binary search.
  static std::size_t bucket_of(std::span<const double> bounds, double value) {
    const double* base = bounds.data();
    for (std::size_t size = bounds.size(); size > 1;) {
      const std::size_t half = size / 2;
      base += base[half - 1] < value ? half : 0;
      size -= half;
    }
    return static_cast<std::size_t>(base - bounds.data()) + (*base < value ? 1 : 0);
  }

  void resize(std::size_t size) override {
    counts_.resize(size * width_);
    sums_.resize(size);
    negative_ = (negative_ && size > 0) || has_no_sum(desc());
  }

  void save_series(Series series, StateWriter& out) const override {
    for (const std::uint64_t count : buckets(series)) {
      out.u64(count);
    }
    // The first one, which is always there, also holds whether a value was negative.
    const bool marked = series == kOverflowSeries && negative_ && !has_no_sum(desc());
    out.f64(marked ? std::numeric_limits<double>::quiet_NaN() : sums_[series]);
  }

  void load_series(Series series, StateReader& in) override {
    for (std::size_t bucket = 0; bucket < width_; ++bucket) {
      counts_[series * width_ + bucket] = in.u64();
    }
    sums_[series] = in.f64();
    negative_ = negative_ || !(sums_[series] >= 0);
  }

  void collect_family(MetricFamily& family) const override {
    family.without_sum = negative_;
    if (negative_ && !has_no_sum(desc())) {
      family.desc.help += kWithoutSum;
    }
  }

  void collect_series(Series series, MetricFamily& family, SnapshotBuilder& out) const override {
    out.add_histogram(family, table().labels(series), buckets(series), sums_[series], table().created(series));
  }

  std::span<const std::uint64_t> buckets(Series series) const { return {counts_.data() + series * width_, width_}; }

  NumericValue value_;
  std::size_t width_;                  // buckets per series, including the one above the highest bound
  std::vector<std::uint64_t> counts_;  // width_ for each series, not cumulative
  std::vector<double> sums_;           // by series
  bool negative_;                      // whether values are, or may be: their sums are not shown
};

}  // namespace

std::unique_ptr<Monitor> build_histogram(MonitorContext& context) {
  const ErrorCheck errors(context.reader);
  MetricDefinition definition = MetricDefinition::read(context, MetricType::kHistogram);
  if (!context.reader.has("value")) {
    context.reader.missing("value", "an expression for the number to observe");
  }
  std::optional<NumericValue> value = NumericValue::read(context.reader, "value", context.schemas);
  definition.desc.buckets = read_buckets(context.reader, kDefaultBuckets);
  if (errors.failed() || !value) {
    return nullptr;
  }
  if (definition.desc.help.empty()) {
    definition.desc.help = "Distribution of " + value->text() + " over records" + definition.filter.clause() + ".";
  }
  if (has_no_sum(definition.desc)) {
    definition.desc.help += kWithoutSum;
  }
  return std::make_unique<Histogram>(std::move(definition), std::move(*value));
}

}  // namespace leeway
